import Optimization
import Parameters

extension RunSpec {
  func checkOptimizer() throws(SpecError) {
    for constant in RuleConstant.allCases {
      guard optimizer.name.defaults.parameters[constant] == nil else { continue }
      try refuse("optimizer.\(constant.name)", optimizer[constant], constant)
      guard constant == .epsilon else { continue }
      try refuse("groups.weights.epsilon", groups.weights.epsilon, constant)
      try refuse("groups.gammaBeta.epsilon", groups.gammaBeta.epsilon, constant)
      try refuse("groups.head.epsilon", groups.head.epsilon, constant)
    }
  }

  private func refuse(_ path: String, _ value: Double?, _ constant: RuleConstant) throws(SpecError) {
    guard let value else { return }
    throw SpecError(
      field: path,
      "\(path) is \(value), but optimizer \"\(optimizer.name.rawValue)\" has no such constant; leave it out, or use "
        + "\(constant.owners.listed("or")).")
  }

  func checkPenalty() throws(SpecError) {
    let groups = Parameter.Group.allCases.compactMap(hyperparameters)
    try refusePenalty("l2", groups.map(\.l2).max() ?? 0, isTaken: optimizer.name.rule.takesL2)
    try refusePenalty(
      "weightDecay", groups.map(\.weightDecay).max() ?? 0, isTaken: optimizer.name.rule.takesWeightDecay)
    if projectionKeepsL2, projection == .none {
      throw SpecError(
        field: "projectionKeepsL2",
        "projectionKeepsL2 is true, but projection is \"none\"; accepted: false, or projection filter or layer.")
    }
    if regularizeGammaBeta, normalization.operation == nil {
      throw SpecError(
        field: "regularizeGammaBeta",
        "regularizeGammaBeta is true, but without normalization there are no γ and β; accepted: false, or "
          + "another normalization.")
    }
  }

  private func refusePenalty(_ field: String, _ value: Double, isTaken: Bool) throws(SpecError) {
    guard value > 0, !isTaken else { return }
    let kind = optimizer.name.rule
    let advice =
      if !kind.takesL2, !kind.takesWeightDecay {
        "keeps the length of the weights; accepted: 0"
      } else if field == "l2" {
        "decays the weights beside the gradient; use weightDecay, or optimizer adam"
      } else {
        "decays the weights through the gradient alone; use l2"
      }
    throw SpecError(field: field, "\(field) is \(value), but optimizer \"\(kind.name)\" \(advice).")
  }
}
