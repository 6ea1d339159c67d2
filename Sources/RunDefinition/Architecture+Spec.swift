package import NeuralNetwork
import Optimization
package import Parameters
package import Specification

extension Architecture {
  /// The network of a run.
  ///
  /// - Parameter spec: valid.
  /// - Throws: `NetworkError` for layers that do not fit; `SpecError` for what the rest of the spec needs of them.
  package init(_ spec: RunSpec, input: ImageShape, classes: Int) throws {
    try self.init(
      name: spec.network.preset.rawValue, lines: Architecture.lines(of: spec), normalization: spec.normalization,
      settings: spec.normalizationSettings, input: input,
      classes: classes)
    try check(microbatch: spec.microbatch)
    try checkInvariance(spec)
    try checkPooling(spec)
  }

  /// The library's max pooling counts the places of a window in a byte; in bfloat16 it does not notice when they are more.
  private func checkPooling(_ spec: RunSpec) throws(SpecError) {
    guard spec.precision == .bfloat16, spec.resolved.backend == .onednn else { return }
    for case .maxPool(let window) in layers where window.size * window.size > 255 {
      throw SpecError(
        field: "precision",
        "precision is \"bfloat16\", with which oneDNN gives maxPool \(window.size) wrong gradients; accepted: precision float, "
          + "backend reference, or windows of at most 15.")
    }
  }

  /// What a plan lists, or the preset's layers.
  package static func lines(of spec: RunSpec) throws(NetworkError) -> [String] {
    let name = spec.network.preset.rawValue
    guard let lines = spec.network.layers ?? lines(ofPreset: name) else { throw .unknownPreset(name) }
    return lines
  }

  /// Some rules, projection and recorded rates need weights that are scale-invariant, or filters that are so by themselves.
  private func checkInvariance(_ spec: RunSpec) throws(SpecError) {
    let rule = spec.optimizer.name.rule
    let demands: [(isMade: Bool, field: String, value: String, instead: String)] = [
      (
        rule.requiresFilterInvariance, "optimizer.name", spec.optimizer.name.rawValue, "another optimizer"
      ), (spec.projection == .filter, "projection", "filter", "projection none or layer"),
      (spec.follow != nil, "follow", spec.follow ?? "", "no follow"),
    ]
    let weights = layout.parameters.filter { $0.group == .weights && $0.role == .weight }
    for demand in demands where demand.isMade {
      guard let parameter = weights.first(where: { $0.invariance != .filter }) else { continue }
      throw SpecError(
        field: demand.field,
        "\(demand.field) is \"\(demand.value)\", which needs filters that are scale-invariant by themselves, but those of "
          + "\(parameter.name) are not; accepted: \(demand.instead), or batchNorm or weightNorm after each layer.")
    }
    guard spec.projection == .layer, let parameter = weights.first(where: { $0.invariance == .none }) else { return }
    throw SpecError(
      field: "projection",
      "projection is \"layer\", but \(parameter.name) is not scale-invariant; accepted: projection none, or a normalization "
        + "after each layer but the head.")
  }
}
