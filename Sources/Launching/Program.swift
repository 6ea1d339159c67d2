package import Failures
import Foundation

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
  /// - Returns: what it wrote to stdout.
  /// - Throws: `RunError` with the last line of its stderr if it fails.
  package func output(_ arguments: [String], input: String = "", from file: String? = nil) throws(RunError) -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let (source, output, errors) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (source, output, errors)
    if let file { process.standardInput = FileHandle(forReadingAtPath: file) }
    do { try process.run() } catch { throw RunError(ExitCode.unavailable, "\(name) can't be started: \(error)") }
    // Both are short: neither fills a pipe.
    try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? source.fileHandleForWriting.close()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let line = complaint.split(separator: "\n").last ?? "exit code \(process.terminationStatus)"
      throw RunError(ExitCode.unavailable, "\(name) failed: \(line)")
    }
    return said
  }
}
