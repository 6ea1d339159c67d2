import Optimization
import Parameters

extension RunSpec {
  /// What the penalty means, in words: the paper's λ, the decay per step, and what to type in PyTorch for the same.
  ///
  /// Libraries disagree by a factor of two (λ‖w‖² or λ/2·‖w‖²) and on whether decay goes through the gradient, so every
  /// record says which was used.
  package var conventionLines: [String] {
    guard let weights = hyperparameters(of: .weights) else { return [] }
    var lines: [String] = []
    if weights.l2 > 0 {
      lines.append(
        "l2 = \(weights.l2): objective L + l2·‖w‖², gradient 2·l2·w, decay per step λ_d = 2·l2 = \(2 * weights.l2) "
          + "(coupled)")
    }
    if weights.weightDecay > 0 {
      let isSGD = (try? optimizer.make())?.pyTorch(decoupled: false)?.name == "SGD"
      let note = isSGD ? "; PyTorch's SGD(weight_decay=x) is l2 = x/2" : ""
      lines.append("weightDecay = \(weights.weightDecay): \(optimizer.name.rule.decay) (decoupled\(note))")
    }
    if lines.isEmpty { lines.append("no penalty on weights: λ_d = 0") }
    if projection != .none {
      let l2 = projectionKeepsL2 ? "l2 stays inside the step" : "l2 is dropped"
      lines.append(
        "projection \(projection.rawValue): ‖w‖ is brought back to \(projectionRadius) after each step; \(l2)")
    }
    if let follow {
      lines.append(
        "follow = \(follow): each filter of the weights takes that run's effective learning rate, step by step; η holds "
          + "for the other parameters")
    }
    lines.append("PyTorch: " + (pyTorchCall(weights).map { $0 + otherGroups(than: weights) } ?? "no single equivalent"))
    return lines
  }

  /// The optimizer with the same update of weights; `nil` where PyTorch has none.
  private func pyTorchCall(_ weights: GroupHyperparameters) -> String? {
    let groups = Parameter.Group.allCases.compactMap(hyperparameters)
    let (isCoupled, isDecoupled) = (groups.contains { $0.l2 > 0 }, groups.contains { $0.weightDecay > 0 })
    guard projection == .none, follow == nil, !isCoupled || !isDecoupled else { return nil }
    guard let theirs = (try? optimizer.make())?.pyTorch(decoupled: isDecoupled),
      optimizer.name.rule.takesL2 || !isCoupled
    else { return nil }
    let decay = "weight_decay=\(isDecoupled || !optimizer.name.rule.takesL2 ? weights.weightDecay : 2 * weights.l2)"
    let arguments = ["lr=\(weights.learningRate)"] + theirs.arguments + [decay]
    return "torch.optim.\(theirs.name)(\(arguments.joined(separator: ", ")))"
  }

  /// What the parameter groups of γ, β and head need beside the call, when they differ from the weights.
  private func otherGroups(than weights: GroupHyperparameters) -> String {
    let others = [("γ, β", hyperparameters(of: .gammaBeta)), ("head", hyperparameters(of: .head))]
    return others.compactMap { name, group -> String? in
      guard let group, group != weights else { return nil }
      let rate = group.learningRate == weights.learningRate ? "" : "lr=\(group.learningRate), "
      let epsilon = group.epsilon == weights.epsilon ? "" : group.epsilon.map { "eps=\($0), " } ?? ""
      let decay = group.weightDecay > 0 ? group.weightDecay : 2 * group.l2
      return "; \(name): \(rate)\(epsilon)weight_decay=\(decay)"
    }.joined()
  }
}
