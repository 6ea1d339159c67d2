extension RandomAccessCollection<MetricRow> {
  /// The rows grouped by step, in file order; a step has a logging window, an evaluation, or both.
  package var byStep: [SubSequence] {
    var groups: [SubSequence] = []
    var rest = self[...]
    while let step = rest.first?.step {
      let end = rest.firstIndex { $0.step != step } ?? rest.endIndex
      groups.append(rest[..<end])
      rest = rest[end...]
    }
    return groups
  }
}
