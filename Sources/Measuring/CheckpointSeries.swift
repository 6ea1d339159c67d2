import Failures
import Foundation
import Parameters
package import Plans
package import Records
import Specification

/// Checkpoints of one training, by step.
package struct CheckpointSeries: Sendable {
  package struct Checkpoint: Sendable {
    package let step: Int
    package let tensors: ForeignTensors

    /// - Throws: `UsageError` for a number that is not finite.
    package func weights(of layer: TensorMap.Layer) throws -> [Double] {
      let values = tensors.values(of: layer.tensor)
      guard values.allSatisfy(\.isFinite) else {
        throw UsageError(
          field: "checkpoints",
          "\(tensors.path) has numbers in \(layer.tensor) that are not finite; accepted: finite ones.",
          exitCode: ExitCode.badData)
      }
      return values
    }
  }

  package let checkpoints: [Checkpoint]
  package let layers: [TensorMap.Layer]

  /// - Parameters:
  ///   - steps: of the files; `nil`: the last number in each name.
  ///   - map: `nil`: every tensor of two or more dimensions, whose name ends in "weight".
  /// - Throws: `UsageError` for steps that are missing, too large or given twice, and tensors that differ between the files; `RecordError`
  ///   for a file that can't be read.
  package init(_ paths: [String], steps: [Int]?, map: TensorMap?) throws {
    guard steps.map({ $0.count == paths.count }) != false else {
      throw UsageError(
        field: "steps",
        "--steps has \(steps?.count ?? 0) numbers for \(paths.count) checkpoints; accepted: one for each.")
    }
    var checkpoints: [Checkpoint] = []
    for (index, path) in paths.enumerated() {
      guard let step = steps?[index] ?? Self.number(in: path) else {
        throw UsageError(
          field: "steps",
          "the name of \(path) has no number that can be a step; accepted: names such as step-100.safetensors, or --steps."
        )
      }
      guard step <= RunSpec.mostSteps else {
        throw UsageError(
          field: "steps",
          "the step of \(path) is \(step); accepted: at most \(RunSpec.mostSteps), from its name or --steps.")
      }
      checkpoints.append(Checkpoint(step: step, tensors: try ForeignTensors(path)))
    }
    checkpoints.sort { $0.step < $1.step }
    for (before, after) in zip(checkpoints, checkpoints.dropFirst()) where before.step == after.step {
      throw UsageError(
        field: "steps",
        "\(after.tensors.path) has step \(after.step), as \(before.tensors.path) has; accepted: a step of its own for each."
      )
    }
    self.checkpoints = checkpoints
    guard let first = checkpoints.first else {
      throw UsageError(field: "checkpoints", "there is no checkpoint; accepted: one safetensors file or more.")
    }
    layers = try map?.layers ?? Self.weights(of: first.tensors)
    for layer in layers { try check(layer, first.tensors) }
  }

  /// Filters are along the first dimension.
  package func extents(of layer: TensorMap.Layer) -> [Int] { checkpoints[0].tensors.extents(of: layer.tensor) ?? [] }

  private func check(_ layer: TensorMap.Layer, _ first: ForeignTensors) throws {
    for checkpoint in checkpoints { try Self.refuse(checkpoint.tensors) { name, _ in name == layer.tensor } }
    guard let extents = first.extents(of: layer.tensor) else {
      throw UsageError(
        field: "map",
        NearestName.refusal(of: "tensor", layer.tensor, accepted: first.names.sorted()), exitCode: ExitCode.badData)
    }
    guard !extents.isEmpty, !extents.contains(0) else {
      throw UsageError(
        field: "map",
        "\(layer.tensor) of \(first.path) has the extents \(Shape.text(of: extents)), and no weights to measure; accepted: a tensor of one "
          + "dimension or more, none of them 0.", exitCode: ExitCode.badData)
    }
    for checkpoint in checkpoints where checkpoint.tensors.extents(of: layer.tensor) != extents {
      throw UsageError(
        field: "checkpoints",
        "\(checkpoint.tensors.path) has \(layer.tensor) of "
          + "\(checkpoint.tensors.extents(of: layer.tensor).map(Shape.text) ?? "no extents"), where \(first.path) has \(Shape.text(of: extents)); "
          + "accepted: checkpoints of one network.", exitCode: ExitCode.badData)
    }
  }

  /// - Throws: for a tensor that is meant and of a type that is not read.
  private static func refuse(_ tensors: ForeignTensors, where isMeant: (String, [Int]) -> Bool) throws {
    guard let refusal = tensors.refusal(where: isMeant) else { return }
    throw UsageError(field: "checkpoints", "\(tensors.path) \(refusal).", exitCode: ExitCode.badData)
  }

  private static func weights(of tensors: ForeignTensors) throws -> [TensorMap.Layer] {
    // The direction that PyTorch's weight_norm keeps is the weight; the length beside it is γ.
    let suffixes = [".weight", ".parametrizations.weight.original1", ".weight_v"]
    func suffix(_ name: String, _ extents: [Int]) -> String? {
      extents.count >= 2 && !extents.contains(0) ? suffixes.first(where: name.hasSuffix) : nil
    }
    try refuse(tensors) { suffix($0, $1) != nil }
    let layers = tensors.names.sorted().compactMap { name -> TensorMap.Layer? in
      guard let ending = suffix(name, tensors.extents(of: name) ?? []) else { return nil }
      return TensorMap.Layer(name: String(name.dropLast(ending.count)), tensor: name, scale: .filter)
    }
    guard !layers.isEmpty else {
      throw UsageError(
        field: "map",
        "\(tensors.path) has no tensor of two dimensions whose name ends in .weight; accepted: --map with the names.",
        exitCode: ExitCode.badData)
    }
    return layers
  }

  /// The last number in a file's name.
  static func number(in path: String) -> Int? {
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return name.split { !$0.isASCII || !$0.isNumber }.last.flatMap { Int($0) }
  }
}
