import Foundation

extension TorchPeer {
  /// Why this interpreter cannot be the other side, in the words of who says so; `nil` if it imports PyTorch.
  package static func obstacle(python: String) throws -> String? {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-c", "import torch; torch.ones(1)"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let end = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: end)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    end.cancel()
    guard process.terminationReason != .exit || process.terminationStatus != 0 else { return nil }
    // Python ends its traceback with what is wrong.
    return text.split(separator: "\n").last.map(String.init) ?? "it ended with \(process.terminationStatus)"
  }
}
