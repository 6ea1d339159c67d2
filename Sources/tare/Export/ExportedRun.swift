import Datasets
import Exports
import Failures
import Foundation
import NeuralNetwork
import Parameters
import Records
import RunDefinition
import Specification

/// A finished run whose network is exported.
struct ExportedRun {
  let folder: String
  let definition: RunDefinition
  let inputs: InputFacts
  private let weights: SafeTensorsFile

  var architecture: Architecture { definition.architecture }

  /// What the files say of themselves.
  var title: String { "\(architecture.name) on \(definition.spec.dataset.name.rawValue), trained by Tare." }

  /// - Parameter data: where the images are, if the record lacks their mean and deviation.
  init(_ requested: UserPath, data: UserPath?) throws {
    let run = try RunFolder(resuming: requested.text)
    let record = try run.readRecord()
    guard record.measured == nil else {
      throw UsageError(
        field: "run", "\(requested.text) holds measured checkpoints, and no network; accepted: a run that is done.")
    }
    var spec = try JSONDecoder().decode(RunSpec.self, from: JSONEncoder().encode(record.spec))
    if let data { spec.dataset.path = data.text }
    let recorded =
      try data == nil
      ? record.inputs.map { try JSONDecoder().decode(InputFacts.self, from: JSONEncoder().encode($0)) } : nil
    inputs = try recorded ?? InputFacts(Dataset(DatasetRequest(spec.dataset)))
    definition = try RunDefinition(spec: spec, images: inputs.images)
    guard record.status == .done, FileManager.default.fileExists(atPath: run.finalWeights) else {
      throw UsageError(
        field: "run",
        "\(requested.text) is \(record.status == .done ? "without final weights" : record.status.rawValue); accepted: a "
          + "run that is done.", exitCode: ExitCode.ioError)
    }
    folder = run.path
    weights = try SafeTensorsFile(run.finalWeights)
  }

  /// The names and extents that PyTorch gives the tensors.
  func tensors() throws -> [TorchTensor] {
    guard let tensors = TorchTensor.all(of: architecture) else {
      throw UsageError(
        field: "run",
        "\(folder) has biases before weight normalization, which PyTorch's weight_norm does not know; "
          + "accepted: a run without biasBeforeNormalization.")
    }
    for tensor in tensors { _ = try entry(of: tensor.parameter) }
    return tensors
  }

  func bytes(of parameter: Parameter) throws -> (type: ElementType, bytes: [UInt8]) {
    let entry = try entry(of: parameter)
    return (entry.elementType, weights.bytes(of: entry))
  }

  func values(of parameter: Parameter) throws -> [Double] { weights.elements(of: try entry(of: parameter)) }

  private func entry(of parameter: Parameter) throws -> SafeTensorsFile.Entry {
    guard let entry = weights.entry(named: parameter.name), entry.extents == parameter.shape.extents else {
      throw UsageError(
        field: "run",
        "the weights have no \(parameter.name) of \(parameter.shape.extents); accepted: the weights that belong to run.json.",
        exitCode: ExitCode.badData)
    }
    return entry
  }

  /// Makes the folder of an export, if need be.
  static func make(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UsageError(
        field: "output", "--output is \(folder), which cannot be made; accepted: a folder that can be written.",
        exitCode: ExitCode.ioError)
    }
  }
}
