package import Failures
import Foundation
import Synchronization

/// A program of the system, found on the PATH.
package struct Program: Hashable, Sendable {
  package let name: String
  package let path: String

  /// - Parameter name: a path, if it has a slash.
  /// - Throws: `RunError` if there is none.
  package init(_ name: String) throws(RunError) {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    let candidates = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw RunError(ExitCode.unavailable, "\(name) is not found on the PATH")
    }
    (self.name, self.path) = (name, path)
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - input: for its stdin.
  ///   - file: for its stdin, instead of `input`.
  ///   - deadline: in seconds; who takes longer is ended.
  /// - Returns: what it wrote to stdout.
  /// - Throws: `RunError` with the last line of its stderr if it fails.
  package func output(
    _ arguments: [String], input: String = "", from file: String? = nil, within deadline: Double? = nil
  ) throws(RunError) -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let (source, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (source, output, errors)
    if let file { process.standardInput = FileHandle(forReadingAtPath: file) }
    do { try process.run() } catch { throw RunError(ExitCode.unavailable, "\(name) can't be started: \(error)") }
    let isLate = Atomic<Bool>(false)
    let alarm = DispatchWorkItem { [process] in
      isLate.store(true, ordering: .relaxed)
      process.terminate()
    }
    if let deadline { DispatchQueue.global().asyncAfter(deadline: .now() + deadline, execute: alarm) }
    defer { alarm.cancel() }
    // Both are short: neither fills a pipe.
    try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? source.fileHandleForWriting.close()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if let deadline, isLate.load(ordering: .relaxed) {
      throw RunError(ExitCode.unavailable, "\(name) did not answer within \(Int(deadline)) s")
    }
    guard process.terminationStatus == 0 else {
      let line = complaint.split(whereSeparator: \.isNewline).last ?? "exit code \(process.terminationStatus)"
      throw RunError(ExitCode.unavailable, "\(name) failed: \(line)")
    }
    return said
  }
}
