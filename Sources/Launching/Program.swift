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

  /// How it has ended.
  package struct Ending {
    /// 0 if it has done its work; of one that a signal has ended, the signal's number.
    package let status: Int32
    package let output: String
    /// The last line of its stderr.
    package let complaint: String?
  }

  /// Runs it to its end.
  ///
  /// - Returns: what it wrote to stdout.
  /// - Throws: `RunError` with the last line of its stderr if it fails.
  package func output(
    _ arguments: [String], input: String = "", from file: String? = nil, within deadline: Double? = nil
  ) throws(RunError) -> String {
    let ending = try run(arguments, input: input, from: file, within: deadline)
    guard ending.status == 0 else {
      throw RunError(ExitCode.unavailable, "\(name) failed: \(ending.complaint ?? "exit code \(ending.status)")")
    }
    return ending.output
  }

  /// Runs it to its end, whatever that is.
  ///
  /// - Parameters:
  ///   - input: for its stdin.
  ///   - file: for its stdin, instead of `input`.
  ///   - deadline: in seconds; who takes longer is ended.
  /// - Throws: `RunError` if it can't be started or takes too long.
  package func run(
    _ arguments: [String], input: String = "", from file: String? = nil, within deadline: Double? = nil
  ) throws(RunError) -> Ending {
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
    return Ending(
      status: process.terminationStatus, output: said,
      complaint: complaint.split(whereSeparator: \.isNewline).last.map(String.init))
  }
}
