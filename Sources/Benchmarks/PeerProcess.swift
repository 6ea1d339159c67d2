import Failures
import Foundation

/// Another program, which measures itself on request: a line when it is ready, and one for each line that it is sent. Its programs
/// are in `cluster/peers`.
final class PeerProcess {
  /// What it said when it was ready.
  let greeting: String
  var processID: pid_t { process.processIdentifier }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  /// Starts it and waits until it has warmed up.
  ///
  /// - Parameter command: a program, found as a shell finds it, and its arguments.
  init(_ command: [String], environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    do {
      greeting = try Self.line(from: output, within: 300)
    } catch {
      process.terminate()
      throw PeerError("\(command.joined(separator: " ")) did not get ready: \(error)")
    }
  }

  /// Its answer to "run `seconds`".
  func run(for seconds: Double) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data("run \(seconds)\n".utf8))
    return try Self.line(from: output, within: seconds + 60)
  }

  /// Ends the process and waits for it.
  func close() {
    try? input.fileHandleForWriting.close()  // it may be gone already
    process.waitUntilExit()
  }

  private static func line(from pipe: Pipe, within seconds: Double) throws -> String {
    let handle = pipe.fileHandleForReading
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes = Data()
    while bytes.last != 0x0A {
      let left = ContinuousClock.now.duration(to: deadline).seconds
      var item = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, unsafe poll(&item, 1, Int32(left * 1000)) > 0 else {
        throw PeerError("no answer within \(Int(seconds)) s")
      }
      let more = handle.availableData
      guard !more.isEmpty else { throw PeerError("it ended") }
      bytes += more
    }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}

/// Why the comparison with another program failed.
package struct PeerError: ExitCoded, Hashable {
  package var exitCode: Int32 { ExitCode.unavailable }
  package let description: String
  init(_ description: String) { self.description = description }
}
