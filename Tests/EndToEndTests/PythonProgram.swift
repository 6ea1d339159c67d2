import Foundation
import TestSupport
import Testing

/// A few lines of Python, run by some interpreter.
enum PythonProgram {
  /// What it printed; what it wrote as errors is left out.
  static func run(
    _ python: String, _ program: String, _ arguments: [String] = []
  ) throws -> (status: Int32?, output: String) {
    let folder = try TemporaryFolder()
    try folder.write([], to: "output")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("output")))
    let nowhere = try #require(FileHandle(forWritingAtPath: "/dev/null"))
    let process = try SpawnedProcess(
      "/usr/bin/env", [python, "-c", program] + arguments,
      environment: ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
      output: file.fileDescriptor, errors: nowhere.fileDescriptor)
    try file.close()
    if !process.waitForEnd(within: Deadline.process) {
      Issue.record("a Python program took longer than \(Deadline.process) s")
      process.signal(SIGKILL)
      _ = process.waitForEnd(within: Deadline.event)
    }
    return (process.exitCode, String(decoding: try folder.read("output"), as: UTF8.self))
  }

  /// The interpreter that a variable names, or else `python3`; `nil` if it can't import `modules`.
  static func interpreter(_ variable: String, importing modules: String) -> String? {
    let python = ProcessInfo.processInfo.environment[variable] ?? "python3"
    return (try? run(python, "import \(modules)"))?.status == 0 ? python : nil
  }
}
