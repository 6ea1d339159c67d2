import Exports
import Failures
import NeuralNetwork
package import Parameters
import Records
package import Specification

extension RunDefinition {
  /// The weights that the run begins with; `nil` if they are drawn.
  ///
  /// The file names its tensors as a run's weights do, or as PyTorch's modules and `tare export --torch` do. Running statistics
  /// may be missing.
  ///
  /// - Throws: `SpecError` for a file that can't be read, and as bad data for one that has other tensors than this network.
  package func givenWeights() throws(SpecError) -> InitialWeights.Given? {
    guard let path = spec.initialWeights else { return nil }
    func refuse(_ problem: String, exitCode: Int32 = ExitCode.badData) -> SpecError {
      SpecError(
        field: "initialWeights",
        "initialWeights is \"\(path)\", which \(problem); accepted: a safetensors file with the tensors of this network, named "
          + "as in a run's weights or as in PyTorch.", exitCode: exitCode)
    }
    let file: ForeignTensors
    do { file = try ForeignTensors(path) } catch {
      let reason = error.description
      throw refuse(
        "can't be used (\(reason.hasSuffix(".") ? String(reason.dropLast()) : reason))",
        exitCode: error.code == .content ? ExitCode.badData : ExitCode.usage)
    }
    let parameters = architecture.layout.parameters
    let own = parameters.map { (name: $0.name, extents: $0.shape.extents) }
    let torch = TorchTensor.all(of: architecture)?.map { (name: $0.name, extents: $0.extents) }
    // Names that both have, such as head.weight, do not tell which they are.
    let isTorch =
      torch?.contains { name, _ in !own.contains { $0.name == name } && file.extents(of: name) != nil } == true
    let names = isTorch ? torch ?? own : own
    for (parameter, wanted) in zip(parameters, names) {
      guard let extents = file.extents(of: wanted.name) else {
        if let refusal = file.refusal(where: { name, _ in name == wanted.name }) {
          throw SpecError(
            field: "initialWeights", "initialWeights is \"\(path)\", which \(refusal).", exitCode: ExitCode.badData)
        }
        if parameter.role.isStatistic { continue }
        throw refuse("has no tensor \(wanted.name)")
      }
      guard extents == wanted.extents else {
        throw refuse(
          "has \(wanted.name) of \(Shape.text(of: extents)), where the network's has \(Shape.text(of: wanted.extents))")
      }
    }
    if let other = file.names.first(where: { name in !names.contains { $0.name == name } }) {
      throw refuse("has a tensor \(other) that the network does not have")
    }
    let found = names.map { file.extents(of: $0.name) != nil ? $0.name : nil }
    return { index, elements in found[index].map { file.values(of: $0, in: elements) } }
  }

  /// Reads all given weights once.
  ///
  /// - Throws: as `givenWeights`, and for numbers that are not finite in the run's precision, or a negative running variance.
  package func checkGivenWeights() throws(SpecError) {
    guard let given = try givenWeights() else { return }
    for (index, parameter) in architecture.layout.parameters.enumerated() {
      let (count, scale) = (parameter.shape.count, InitialWeights.scale(spec.initScale, of: parameter))
      for start in stride(from: 0, to: count, by: 1 << 20) {
        guard let values = given(index, start..<min(start + 1 << 20, count)) else { break }
        let isDouble = spec.precision.elementType == .float64
        let isFinite = values.allSatisfy { isDouble ? ($0 * scale).isFinite : Float($0 * scale).isFinite }
        guard isFinite, parameter.role != .runningVariance || values.allSatisfy({ $0 >= 0 }) else {
          throw SpecError(
            field: "initialWeights",
            "initialWeights is \"\(spec.initialWeights ?? "")\", whose \(parameter.name) has a number that is "
              + "\(isFinite ? "negative" : "not finite"); accepted: finite numbers, and variances of 0 or more.",
            exitCode: ExitCode.badData)
        }
      }
    }
  }
}
