package import Parameters

/// The embedded data set: ten stroke-drawn figures, 3×32×32, drawn by the program itself.
///
/// Image i of a part is a pure function of (seed, part, i), and its class is i mod 10. Position, size, rotation, shear
/// and stroke width vary, colors are independent of the class, unrelated strokes lie behind and in front, and every
/// pixel is noisy. Only IEEE basic operations and square roots are used, so the bytes do not depend on the machine.
package struct Glyphs: Sendable {
  package static let shape = ImageShape(channels: 3, height: GlyphCanvas.side, width: GlyphCanvas.side)
  package static let classNames = GlyphFigure.allCases.map(\.name)

  package enum Part: Int, Sendable {
    case train, test
  }

  /// The seed of the data set that runs use. Like the files of other data sets, it does not depend on a run's seed.
  package static let standardSeed: UInt64 = 2017
  package static let trainCount = 8000
  package static let testCount = 2000

  private let random: CounterRandom

  package init(seed: UInt64) { random = CounterRandom(seed: seed, purpose: .glyphs) }

  package static func label(_ index: Int) -> UInt8 { UInt8(index % classNames.count) }

  /// Draws image `index` of `part` into `bytes` (CHW, as many as the shape counts).
  package func draw(_ index: Int, of part: Part, into bytes: inout MutableSpan<UInt8>) {
    precondition(bytes.count == Self.shape.count && index >= 0 && index < 1 << 31, "one image of the set")
    var random = GlyphRandom(random, stream: part.rawValue << 31 | index)
    var canvas = GlyphCanvas()

    let ground = random.color(65, 190)
    canvas.fill(from: ground - 25, to: ground + random.color(0, 50), random: &random)
    for _ in 0..<random.integer(1, 3) { Self.strayStroke(on: &canvas, ground: ground, random: &random) }
    let figure = GlyphFigure.allCases[Int(Self.label(index))]
    let placement = Placement(random: &random)
    let polylines = figure.polylines.map { $0.map(placement.callAsFunction) }
    canvas.stroke(polylines, width: random.uniform(1.2, 3), color: Self.ink(on: ground, random: &random))
    for _ in 0..<random.integer(0, 1) { Self.strayStroke(on: &canvas, ground: ground, random: &random) }
    canvas.write(to: &bytes, noise: random.uniform(10, 50), random: &random)
  }

  /// The first `count` images of `part`.
  func images(_ count: Int, of part: Part) throws(DatasetError) -> ImageSet {
    let length = Self.shape.count
    let region = try unsafe ByteRegion(count: count * length) { (room) throws(DatasetError) in
      unsafe room.initialize(repeating: 0)
      for index in 0..<count {
        var bytes = unsafe room.extracting((index * length)..<((index + 1) * length)).mutableSpan
        draw(index, of: part, into: &bytes)
      }
    }
    return ImageSet(
      shape: Self.shape, classNames: Self.classNames, labels: (0..<count).map(Self.label),
      segments: [ImageSet.Segment(region: region, offset: 0, stride: length, count: count)])
  }

  /// A color that is lighter or darker than the background, with a random tint.
  private static func ink(on ground: SIMD3<Float>, random: inout GlyphRandom) -> SIMD3<Float> {
    let brightness = (ground.x + ground.y + ground.z) / 3
    let contrast = random.uniform(40, 110)
    let lighter = brightness < 90 || (brightness < 165 && random.word() & 1 == 0)
    return ground + (lighter ? contrast : -contrast) + random.color(-30, 30)
  }

  /// A short distractor line, in a color of its own.
  private static func strayStroke(on canvas: inout GlyphCanvas, ground: SIMD3<Float>, random: inout GlyphRandom) {
    let start = SIMD2(random.uniform(0, 31), random.uniform(0, 31))
    let end = start + SIMD2(random.uniform(-14, 14), random.uniform(-14, 14))
    canvas.stroke([[start, end]], width: random.uniform(1, 2.6), color: ink(on: ground, random: &random))
  }

  /// A random affine map from the figure's square to pixels.
  private struct Placement {
    let x: SIMD2<Float>
    let y: SIMD2<Float>
    let center: SIMD2<Float>

    init(random: inout GlyphRandom) {
      let t = random.uniform(-0.25, 0.25)  // tan of half the angle, so that cos and sin are rational in t
      let (c, s) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
      let size = SIMD2(random.uniform(7.5, 12.5), random.uniform(7.5, 12.5))
      let shear = random.uniform(-0.25, 0.25)
      x = SIMD2(c, s) * size.x
      y = SIMD2(c * shear - s, s * shear + c) * size.y
      center = SIMD2(random.uniform(12.5, 18.5), random.uniform(12.5, 18.5))
    }

    func callAsFunction(_ point: SIMD2<Float>) -> SIMD2<Float> { center + x * point.x + y * point.y }
  }
}
