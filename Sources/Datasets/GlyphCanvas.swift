/// A picture of three color planes on which a glyph is painted; values are 0 to 255 before rounding.
struct GlyphCanvas {
  static let side = 32
  private var planes = [SIMD3<Float>](repeating: .zero, count: side * side)
  private var coverage = [Float](repeating: 0, count: side * side)

  /// Fills the picture with a mixture of two colors that varies smoothly: bilinear interpolation of random weights on
  /// a coarse and on a fine lattice.
  mutating func fill(from first: SIMD3<Float>, to second: SIMD3<Float>, random: inout GlyphRandom) {
    let coarse = (0..<25).map { _ in random.uniform(0, 0.65) }
    let fine = (0..<81).map { _ in random.uniform(0, 0.35) }
    for y in 0..<Self.side {
      for x in 0..<Self.side {
        let weight = Self.interpolate(coarse, spacing: 8, x: x, y: y) + Self.interpolate(fine, spacing: 4, x: x, y: y)
        planes[y * Self.side + x] = first + (second - first) * weight
      }
    }
  }

  private static func interpolate(_ lattice: [Float], spacing: Int, x: Int, y: Int) -> Float {
    let row = side / spacing + 1
    let corner = (y / spacing) * row + x / spacing
    let fx = Float(x % spacing) / Float(spacing)
    let fy = Float(y % spacing) / Float(spacing)
    let upper = lattice[corner] + (lattice[corner + 1] - lattice[corner]) * fx
    let lower = lattice[corner + row] + (lattice[corner + row + 1] - lattice[corner + row]) * fx
    return upper + (lower - upper) * fy
  }

  /// Paints one line of round pens along `polylines`, in pixels, with edges one pixel soft.
  mutating func stroke(_ polylines: [[SIMD2<Float>]], width: Float, color: SIMD3<Float>) {
    for i in coverage.indices { coverage[i] = 0 }
    for line in polylines {
      for (start, end) in zip(line, line.dropFirst()) { cover(from: start, to: end, reach: width / 2 + 0.5) }
    }
    for i in coverage.indices where coverage[i] > 0 { planes[i] += (color - planes[i]) * coverage[i] }
  }

  private mutating func cover(from start: SIMD2<Float>, to end: SIMD2<Float>, reach: Float) {
    let low = pointwiseMin(start, end) - reach
    let high = pointwiseMax(start, end) + reach
    let limit = Float(Self.side - 1)
    let (left, right) = (max(0, low.x.rounded(.up)), min(limit, high.x.rounded(.down)))
    let (top, bottom) = (max(0, low.y.rounded(.up)), min(limit, high.y.rounded(.down)))
    guard left <= right, top <= bottom else { return }
    let along = end - start
    let length2 = max(along.x * along.x + along.y * along.y, 1e-6)
    for y in Int(top)...Int(bottom) {
      for x in Int(left)...Int(right) {
        let p = SIMD2(Float(x), Float(y)) - start
        let t = min(max((p.x * along.x + p.y * along.y) / length2, 0), 1)
        let d = p - along * t
        let covered = min(reach - (d.x * d.x + d.y * d.y).squareRoot(), 1)
        let i = y * Self.side + x
        if covered > coverage[i] { coverage[i] = covered }
      }
    }
  }

  /// Writes red, green and blue planes of bytes, with triangular noise of the given amplitude on every element.
  func write(to bytes: inout MutableSpan<UInt8>, noise amplitude: Float, random: inout GlyphRandom) {
    let scale = amplitude / 255
    let plane = Self.side * Self.side
    for i in 0..<plane {
      // Six of the eight bytes of two words: a triangular deviate is the sum of two uniform ones.
      let (a, b) = (random.word(), random.word())
      let noise = SIMD3<Float>(
        Float(Int32(a & 255) + Int32(b & 255) - 255), Float(Int32(a >> 8 & 255) + Int32(b >> 8 & 255) - 255),
        Float(Int32(a >> 16 & 255) + Int32(b >> 16 & 255) - 255))
      let value = planes[i] + noise * scale
      bytes[i] = Self.byte(value.x)
      bytes[plane + i] = Self.byte(value.y)
      bytes[2 * plane + i] = Self.byte(value.z)
    }
  }

  /// The nearest whole number from 0 to 255; halves are rounded up. Without a branch or a call, which would take most of the time.
  private static func byte(_ value: Float) -> UInt8 {
    let halves = Int32(2 * min(max(value, 0), 255))
    return UInt8(truncatingIfNeeded: (halves &+ 1) >> 1)
  }
}
