/// The outline of a class: polylines in a square from −1 to 1, y downwards.
///
/// Every coordinate is a literal or derived from literals by +, −, × and ÷, so pixels do not depend on a math library.
enum GlyphFigure: Int, CaseIterable {
  case ring, triangle, square, cross, star, arrow, spiral, zigzag, arc, hourglass

  var name: String { "\(self)" }

  var polylines: [[SIMD2<Float>]] {
    switch self {
    case .ring: [Self.turn(steps: 16, from: SIMD2(0, -0.85), growth: 1)]
    case .triangle: [[[0, -0.9], [0.85, 0.65], [-0.85, 0.65], [0, -0.9]]]
    case .square: [[[-0.7, -0.7], [0.7, -0.7], [0.7, 0.7], [-0.7, 0.7], [-0.7, -0.7]]]
    case .cross: [[[0, -0.9], [0, 0.9]], [[-0.9, 0], [0.9, 0]]]
    case .star:
      [[[0, -0.95], [0.5584, 0.7686], [-0.9035, -0.2936], [0.9035, -0.2936], [-0.5584, 0.7686], [0, -0.95]]]
    case .arrow: [[[0, 0.95], [0, -0.9]], [[-0.6, -0.25], [0, -0.9], [0.6, -0.25]]]
    case .spiral: [Self.turn(steps: 28, from: SIMD2(0, 0.12), growth: 1.075)]
    case .zigzag: [[[-0.95, -0.5], [-0.475, 0.55], [0, -0.5], [0.475, 0.55], [0.95, -0.5]]]
    case .arc: [Self.turn(steps: 9, from: SIMD2(-0.9, 0.3), growth: 1)]
    case .hourglass: [[[-0.65, -0.85], [0.65, -0.85], [-0.65, 0.85], [0.65, 0.85], [-0.65, -0.85]]]
    }
  }

  /// Points of a spiral: each step turns by a sixteenth of a circle and scales the radius by a factor.
  private static func turn(steps: Int, from start: SIMD2<Float>, growth: Float) -> [SIMD2<Float>] {
    let (c, s): (Float, Float) = (0.92387953, 0.38268343)  // of 22.5 degrees
    var points = [start]
    for _ in 0..<steps {
      let p = points[points.count - 1]
      points.append(SIMD2(c * p.x - s * p.y, s * p.x + c * p.y) * growth)
    }
    return points
  }
}
