import Failures
import Foundation
import Launching
import Records
import Roles

/// The trace of a run that this process leads: its members leave theirs in a folder, and the file is made of them.
struct TraceRecording {
  private let path: String
  private let scratch: ScratchFolder

  /// Asks this process, and those that it starts, for a trace.
  ///
  /// - Throws: if the file cannot be written, before anything is trained.
  init(_ path: String) throws {
    self.path = path
    try Self.write([], to: path)
    scratch = try ScratchFolder()
    let request = try JSONEncoder().encode(TraceRequest(folder: scratch.path, began: Clock.ofMachine))
    unsafe setenv(TraceRequest.variable, String(decoding: request, as: UTF8.self), 1)
  }

  /// Removes the folder.
  func remove() { scratch.remove() }

  /// Writes the file.
  func finish() throws {
    defer { remove() }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    let parts = names.filter { $0.hasSuffix(".jsonl") }.compactMap {
      FileManager.default.contents(atPath: "\(scratch.path)/\($0)")
    }
    try Self.write(parts.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }, to: path)
  }

  private static func write(_ lines: [Substring], to path: String) throws {
    do {
      try AtomicFile.replace(path, with: Array(TraceEvents.file(of: lines).utf8))
    } catch {
      throw RunError(ExitCode.ioError, "can't write --trace \(path): \(error)")
    }
  }
}
