package import Parameters

/// The lines of a network, each with the layer that it makes.
package struct NetworkListing {
  package struct Row: Hashable, Sendable {
    package let line: String
    /// `nil` for `norm` without a normalization.
    package let stage: Stage?
    /// Elements of its trained parameters.
    package let parameterCount: Int
  }

  package let architecture: Architecture
  package let rows: [Row]

  /// - Throws: `NetworkError`, as `Architecture` does.
  package init(
    lines: [String], normalization: Normalization, settings: Normalization.Settings, input: ImageShape, classes: Int
  ) throws(NetworkError) {
    let architecture = try Architecture(
      name: "", lines: lines, normalization: normalization, settings: settings, input: input, classes: classes)
    let layers = try Architecture.layers(of: lines, normalization, settings, classes: classes)
    var stages = architecture.stages.makeIterator()
    rows = zip(lines, layers).map { line, layer in
      let stage = layer == nil ? nil : stages.next()
      let trained = stage?.parameters.filter { !$0.key.isStatistic } ?? [:]
      return Row(line: line, stage: stage, parameterCount: trained.values.reduce(0) { $0 + $1.count })
    }
    self.architecture = architecture
  }
}
