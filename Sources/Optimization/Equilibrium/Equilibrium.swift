/// Where decay and gradient noise balance: the length that scale-invariant weights settle at, and the angle by which
/// each step turns them there.
///
/// The model: zero-mean gradients orthogonal to w, of a constant mean square G² at unit norm, constant η, small η·λ_d.
///
/// - Source: docs/science.md, section 5.
package struct Equilibrium: Hashable, Sendable {
  /// Root mean square angle of a step, in rad.
  package let angle: Double
  /// ‖w‖
  package let norm: Double
  /// Steps in which a small departure of ‖w‖ from `norm` shrinks to 1/e.
  package let timeConstant: Double

  package init(angle: Double, norm: Double, timeConstant: Double) {
    self.angle = angle
    self.norm = norm
    self.timeConstant = timeConstant
  }
}
