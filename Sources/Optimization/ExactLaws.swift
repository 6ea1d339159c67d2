/// The laws of ‖w‖ that a rule's steps obey to rounding, for scale-invariant weights, in every step and for any schedule.
///
/// A rule declares those that hold for it; `StepConditions` then lets the window's residuals be measured wherever the
/// conditions of the law are met. Both need weights that nothing projects.
///
/// - Source: docs/science.md, section 4.
package struct ExactLaws: Hashable, Sendable {
  /// The radius law, which holds for the step −η(g + λ_d w) with λ_d = `UpdateRule.separateDecay`:
  /// ‖w_{t+1}‖² = ‖w_t‖² a² (1 + Φ²‖ḡ_t‖²), a = 1 − ηλ_d, Φ = η/(a‖w_t‖²), ḡ = ‖w‖g.
  ///
  /// - Source: docs/science.md, section 4.3.
  package let radius: Bool
  /// μ of the momentum law, which holds without decay for the step −ηv, v ← μv + c·g with any c:
  /// ‖w_{t+1}‖² = ‖w_t‖² + ‖d_t‖² + 2 Σ_{k<t} μ^{t−k} (η_t/η_k) ‖d_k‖². With μ = 0, steps are orthogonal to the weights.
  /// `nil` where it does not hold.
  ///
  /// - Source: docs/science.md, section 4.4.
  package let momentum: Double?

  package init(radius: Bool = false, momentum: Double? = nil) {
    self.radius = radius
    self.momentum = momentum
  }
}
