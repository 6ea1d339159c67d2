import Parameters

extension RunSpec {
  /// λ_d of the weights before a normalization, the decay per step and unit of η: 2λ where the penalty joins the gradient,
  /// `weightDecay` where it does not. What headlines, axes and tables of reports show.
  package var decay: Double {
    guard let weights = hyperparameters(of: .weights) else { return 0 }
    return weights.l2 > 0 ? 2 * weights.l2 : weights.weightDecay
  }

  /// Whether the decay of the weights bypasses the gradient.
  package var isDecoupled: Bool { (hyperparameters(of: .weights)?.weightDecay ?? 0) > 0 }

  /// η of the weights before a normalization, before the schedule.
  package var learningRate: Double { hyperparameters(of: .weights)?.learningRate ?? optimizer.rate }
}
