package import Parameters

extension Architecture {
  /// A trained tensor and what follows for its scale from the network's structure.
  package struct AuditedTensor: Hashable, Sendable {
    /// In the layout's list of parameters.
    package let index: Int
    package let parameter: Parameter
    package let verdict: ScaleVerdict
    /// The elements that can be scaled, or that the proof scales, each set by one α: in the flat vector.
    package let sets: [[Range<Int>]]
  }

  /// Every trained tensor, in network order.
  package var audit: [AuditedTensor] {
    var audited: [AuditedTensor] = []
    for (stageIndex, stage) in stages.enumerated() {
      for (index, parameter) in layout.parameters.enumerated()
      where parameter.layer == stage.name && !parameter.role.isStatistic {
        let verdict = verdict(on: parameter, at: stageIndex)
        audited.append(
          AuditedTensor(index: index, parameter: parameter, verdict: verdict, sets: sets(of: index, verdict)))
      }
    }
    return audited
  }

  private func verdict(on parameter: Parameter, at index: Int) -> ScaleVerdict {
    let stage = stages[index]
    func name(_ role: Parameter.Role) -> String { "\(stage.name).\(role.rawValue)" }
    let hasBias = chain.hasBias(index)
    // What a scaled layer hands on is scaled as a whole, and something later takes that out.
    let losesScale = chain.losesScale(after: index)
    switch parameter.role {
    case .weight:
      if parameter.invariance != .none {
        return .groups(ofFilters: parameter.invariance.filtersPerGroup, of: parameter.filterCount)
      }
      guard losesScale else { return .no(parameter.group == .head ? .head : .nothingRemovesIt) }
      return hasBias
        ? .jointly(with: [name(.bias)]) : .groups(ofFilters: parameter.filterCount, of: parameter.filterCount)
    case .bias:
      if hasBias, !chain.shiftsOutput(index) { return .dead }
      guard losesScale else { return .no(parameter.group == .head ? .head : .nothingRemovesIt) }
      return .jointly(with: [name(.weight)])
    case .gamma: return losesScale ? .jointly(with: [name(.beta)]) : .no(.nothingRemovesIt)
    case .beta: return losesScale ? .jointly(with: [name(.gamma)]) : .no(.nothingRemovesIt)
    case .runningMean, .runningVariance: return .no(.nothingRemovesIt)
    }
  }

  private func sets(of index: Int, _ verdict: ScaleVerdict) -> [[Range<Int>]] {
    let range = layout.range(of: index)
    switch verdict {
    case .groups(let filters, _):
      let length = filters * layout.parameters[index].filterLength
      return stride(from: range.lowerBound, to: range.upperBound, by: length).map { [$0..<($0 + length)] }
    case .jointly(let names):
      return [[range] + names.compactMap { layout.index(named: $0).map(layout.range) }]
    case .dead, .no: return [[range]]
    }
  }
}
