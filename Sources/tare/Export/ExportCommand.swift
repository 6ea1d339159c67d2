import ArgumentParser
import Datasets
import Exports
import Failures
import Foundation
import NeuralNetwork
import Parameters
import Records
import RunDefinition
import Specification

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a trained network as a PyTorch module.",
    discussion: """
      Writes a folder with two files: model.py, a module to read and to change, and model.safetensors, its weights. \
      model.load() loads them with strict=True, and model.standardized() does to images what training did. No part of Tare is \
      needed to use them.

      EXAMPLES
        tare export --torch runs/20261123-180841-1a2b
            model.py and model.safetensors in that folder's torch/
        tare export --torch runs/a --output mymodel
        python -c "import sys; sys.path.insert(0, 'mymodel'); import model; print(model.load())"

      EXIT CODES
        0 done, 64 an invalid flag, run or network, 65 invalid weights or data, 74 input or output failed
      """)

  @Flag(help: "For PyTorch.")
  var torch = false

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
  var folder: UserPath

  @Option(help: ArgumentHelp("The folder to write (default: RUN/torch).", valueName: "folder"), completion: .directory)
  var output: UserPath?

  @Option(
    help: ArgumentHelp(
      "Folder with the run's images, if run.json lacks their mean and deviation and they have been moved.",
      valueName: "path"))
  var data: UserPath?

  @Flag(help: "Print the names of the files written as one JSON object.")
  var json = false

  private struct Written: Encodable { let files: [String] }

  func run() throws {
    guard torch else {
      throw UsageError(field: "torch", "the format is missing; accepted: --torch.")
    }
    let run = try RunFolder(resuming: folder.text)
    let record = try run.readRecord()
    var spec = try JSONDecoder().decode(RunSpec.self, from: JSONEncoder().encode(record.spec))
    if let data { spec.dataset.path = data.text }
    let recorded =
      try data == nil
      ? record.inputs.map { try JSONDecoder().decode(InputFacts.self, from: JSONEncoder().encode($0)) } : nil
    let inputs = try recorded ?? InputFacts(Dataset(DatasetRequest(spec.dataset)))
    let definition = try RunDefinition(spec: spec, images: inputs.images)
    guard let tensors = TorchTensor.all(of: definition.architecture) else {
      throw UsageError(
        field: "run",
        "\(folder.text) has biases before weight normalization, which PyTorch's weight_norm does not know; "
          + "accepted: a run without biasBeforeNormalization.")
    }
    guard record.status == .done, FileManager.default.fileExists(atPath: run.finalWeights) else {
      throw UsageError(
        field: "run",
        "\(folder.text) is \(record.status == .done ? "without final weights" : record.status.rawValue); accepted: a "
          + "run that is done.", exitCode: ExitCode.ioError)
    }
    let module = TorchModule(
      definition.architecture,
      title: "\(definition.architecture.name) on \(spec.dataset.name.rawValue), trained by Tare.",
      mean: inputs.standardization.mean, deviation: inputs.standardization.deviation,
      classNames: definition.images.classNames)
    let target = output?.text ?? run.path + "/torch"
    guard !FileManager.default.fileExists(atPath: target + "/model.py") else {
      throw UsageError(
        field: "output",
        "\(target) has a model.py already, which may have been changed; accepted: --output with another folder.",
        exitCode: ExitCode.ioError)
    }
    try Self.write(module.source, tensors, from: SafeTensorsFile(run.finalWeights), inputs.standardization, to: target)
    let files = ["model.py", "model.safetensors"].map { "\(target)/\($0)" }
    try print(json ? JSONOutput.text(of: Written(files: files)) : files.joined(separator: "\n"))
  }

  private static func write(
    _ source: String, _ tensors: [TorchTensor], from weights: SafeTensorsFile, _ standardization: Standardization,
    to folder: String
  ) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw UsageError(
        field: "output", "--output is \(folder), which cannot be made; accepted: a folder that can be written.",
        exitCode: ExitCode.ioError)
    }
    let file = try AtomicFile(folder + "/model.py")
    try file.write(Array(source.utf8))
    let stored = try tensors.map { tensor -> (tensor: TorchTensor, type: ElementType, bytes: [UInt8]) in
      guard let entry = weights.entry(named: tensor.parameter.name), entry.extents == tensor.parameter.shape.extents
      else {
        throw UsageError(
          field: "run",
          "the weights have no \(tensor.parameter.name) of \(tensor.parameter.shape.extents); accepted: the "
            + "weights that belong to run.json.", exitCode: ExitCode.badData)
      }
      return (tensor, entry.elementType, weights.bytes(of: entry))
    }
    let metadata = [
      "format": "pt", "mean": "\(standardization.mean)", "deviation": "\(standardization.deviation)",
    ]
    try withNamedTensors(stored[...], []) {
      try SafeTensors.write($0, metadata: metadata, to: folder + "/model.safetensors")
    }
    try file.commit()
  }

  /// Lends the bytes of each in turn.
  private static func withNamedTensors(
    _ rest: ArraySlice<(tensor: TorchTensor, type: ElementType, bytes: [UInt8])>, _ lent: [NamedTensor],
    _ body: ([NamedTensor]) throws -> Void
  ) throws {
    guard let first = rest.first else { return try body(lent) }
    try unsafe first.bytes.withUnsafeBytes { bytes in
      let tensor = unsafe NamedTensor(first.tensor.name, first.type, first.tensor.extents, bytes: bytes)
      try withNamedTensors(rest.dropFirst(), lent + [tensor], body)
    }
  }
}
