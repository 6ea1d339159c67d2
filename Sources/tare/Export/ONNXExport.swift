import Datasets
import Exports
import Parameters
import Records
import RunDefinition
import Training

/// Writes `model.onnx`.
enum ONNXExport {
  /// - Parameter folds: whether normalizations become part of the weights before them.
  /// - Returns: the file.
  static func write(_ run: ExportedRun, folds: Bool, to folder: String) throws -> String {
    let values = try Dictionary(
      uniqueKeysWithValues: run.tensors().map { ($0.parameter, try run.values(of: $0.parameter)) })
    let standardization = run.inputs.standardization
    let model = ONNXModel(
      run.architecture, title: run.title, version: Version.text, folds: folds, mean: standardization.mean,
      deviation: standardization.deviation, classNames: run.definition.images.classNames
    ) { values[$0] ?? [] }
    try ExportedRun.make(folder)
    let path = folder + "/model.onnx"
    let file = try AtomicFile(path)
    try file.write(model.bytes)
    try file.commit()
    return path
  }
}
