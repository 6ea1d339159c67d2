import ArgumentParser
import Failures
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a trained network for PyTorch or ONNX.",
    discussion: """
      --torch writes two files: model.py, a module that can be read and changed, and model.safetensors, its weights. \
      model.load() loads them with strict=True, and model.standardized() standardizes images as training did.

      --onnx writes model.onnx, a model that takes bytes (samples × channels × height × width), standardizes them itself, and \
      returns the scores. With --fold, each batch normalization directly after a layer becomes a part of its weights, and so \
      does each weight normalization.

      No part of Tare is needed to use the files.

      EXAMPLES
        tare export --torch runs/20261123-180841-1a2b
            model.py and model.safetensors in that folder's torch/
        tare export --torch runs/a --output mymodel
        PYTHONPATH=mymodel python3 -c "import model; print(model.load())"
        tare export --onnx --fold runs/a

      EXIT CODES
        0 done, 64 an invalid flag, run or network, 65 invalid weights or data, 74 input or output failed
      """)

  @Flag(help: "Write the network for PyTorch.")
  var torch = false

  @Flag(help: "Write the network as ONNX, with operators of version 17.")
  var onnx = false

  @Flag(help: "With --onnx: normalizations become part of the weights before them.")
  var fold = false

  @Argument(help: ArgumentHelp("The folder of a run, or its run.json.", valueName: "run"), completion: .directory)
  var folder: UserPath

  @Option(
    help: ArgumentHelp("The folder to write (default: RUN/torch, RUN/onnx).", valueName: "folder"),
    completion: .directory)
  var output: UserPath?

  @Option(
    help: ArgumentHelp(
      "Folder with the run's images, if run.json lacks their mean and deviation and they have been moved.",
      valueName: "path"), completion: .directory)
  var data: UserPath?

  @Flag(help: "Print the names of the files written as one JSON object.")
  var json = false

  private struct Written: Encodable { let files: [String] }

  func run() throws {
    guard torch || onnx else {
      throw UsageError(field: "torch", "the format is missing; accepted: --torch, --onnx.")
    }
    guard onnx || !fold else {
      throw UsageError(field: "fold", "--fold is given without --onnx; accepted: both, or neither.")
    }
    let run = try ExportedRun(folder, data: data)
    var files: [String] = []
    if torch { files += try TorchExport.write(run, to: output?.text ?? run.folder + "/torch") }
    if onnx { files.append(try ONNXExport.write(run, folds: fold, to: output?.text ?? run.folder + "/onnx")) }
    try print(json ? JSONOutput.text(of: Written(files: files)) : files.joined(separator: "\n"))
  }
}
