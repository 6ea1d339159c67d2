import Foundation
import TestSupport
import Testing

/// The worker in Python, `cluster/python`, which is written from docs/wire.md alone.
final class PythonClient {
  static let missing =
    "no Python that can import zmq, grpc_tools and numpy: give one in TARE_PYTHON_CLIENT, or put it on the PATH as python3"

  /// The interpreter: `TARE_PYTHON_CLIENT`, or else `python3`.
  static let python = PythonProgram.interpreter(
    "TARE_PYTHON_CLIENT", importing: "zmq, google.protobuf, grpc_tools, numpy")

  private let process: SpawnedProcess
  private let output: TemporaryFolder

  /// - Parameters:
  ///   - script: of `cluster/python`.
  ///   - variables: beside those of this process.
  convenience init(script: String, _ arguments: [String] = [], variables: [String: String] = [:]) throws {
    let path = DocumentedCommand.repository.appending(path: "cluster/python/\(script)").path
    try self.init(try #require(Self.python), [path] + arguments, variables: variables)
  }

  private init(_ python: String, _ arguments: [String], variables: [String: String] = [:]) throws {
    output = try TemporaryFolder()
    try output.write([], to: "output")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: output.file("output")))
    let environment = ProcessInfo.processInfo.environment.merging(
      ["PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"]) { $1 }
    process = try SpawnedProcess(
      "/usr/bin/env", [python] + arguments, environment: environment.merging(variables) { $1 },
      output: file.fileDescriptor, errors: file.fileDescriptor)
    try file.close()
  }

  deinit { process.signal(SIGKILL) }

  /// Stops it at once.
  func kill() { process.signal(SIGKILL) }

  /// Waits for the end, at most as long as any process may take; what it printed.
  func finish() -> (exitCode: Int32?, output: String) {
    if !process.waitForEnd(within: Deadline.process) {
      Issue.record("the Python client took longer than \(Deadline.process) s")
      kill()
      _ = process.waitForEnd(within: Deadline.event)
    }
    return (process.exitCode, String(decoding: (try? output.read("output")) ?? [], as: UTF8.self))
  }
}
