import Datasets
import Exports
import Failures
import Foundation
import Parameters
import Records
import RunDefinition

/// Writes `model.py` and `model.safetensors`.
enum TorchExport {
  /// - Returns: the files.
  static func write(_ run: ExportedRun, to folder: String) throws -> [String] {
    let tensors = try run.tensors()
    let standardization = run.inputs.standardization
    let module = TorchModule(
      run.architecture, title: run.title, mean: standardization.mean, deviation: standardization.deviation,
      classNames: run.definition.images.classNames)
    let (source, weights) = (folder + "/model.py", folder + "/model.safetensors")
    guard !FileManager.default.fileExists(atPath: source) else {
      throw UsageError(
        field: "output",
        "\(folder) has a model.py already, which may have been changed; accepted: --output with another folder.",
        exitCode: ExitCode.ioError)
    }
    try ExportedRun.make(folder)
    let file = try AtomicFile(source)
    try file.write(Array(module.source.utf8))
    let stored = try tensors.map { tensor -> Stored in
      let (type, bytes) = try run.bytes(of: tensor.parameter)
      return (tensor, type, bytes)
    }
    let metadata = [
      "format": "pt", "mean": "\(standardization.mean)", "deviation": "\(standardization.deviation)",
    ]
    try withNamedTensors(stored[...], []) { try SafeTensors.write($0, metadata: metadata, to: weights) }
    try file.commit()
    return [source, weights]
  }

  private typealias Stored = (tensor: TorchTensor, type: ElementType, bytes: [UInt8])

  /// Lends the bytes of each in turn.
  private static func withNamedTensors(
    _ rest: ArraySlice<Stored>, _ lent: [NamedTensor], _ body: ([NamedTensor]) throws -> Void
  ) throws {
    guard let first = rest.first else { return try body(lent) }
    try unsafe first.bytes.withUnsafeBytes { bytes in
      let tensor = unsafe NamedTensor(first.tensor.name, first.type, first.tensor.extents, bytes: bytes)
      try withNamedTensors(rest.dropFirst(), lent + [tensor], body)
    }
  }
}
