import Failures
import Foundation

/// Another program, which measures itself on request: a line when it is ready, and one for each line that it is sent. Its programs
/// are in `cluster/peers`.
final class PeerProcess {
  /// What it said when it was ready.
  let greeting: String
  var processID: pid_t { process.processIdentifier }

  /// As errors name it.
  private let name: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let ended = DispatchSemaphore(value: 0)

  /// Starts it and waits until it has warmed up.
  ///
  /// - Parameter program: a path.
  init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    name = ([program] + arguments).joined(separator: " ")
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    process.terminationHandler = { [ended] _ in ended.signal() }
    do { try process.run() } catch { throw PeerError("\(name) did not start: \(error.localizedDescription)") }
    do {
      greeting = try Self.line(from: output, within: 300)
    } catch {
      Self.end(process, ended, within: 0)
      throw PeerError("\(name) did not get ready: \(error)")
    }
  }

  /// Its answer to "run `seconds`".
  func run(for seconds: Double) throws -> String {
    do {
      try input.fileHandleForWriting.write(contentsOf: Data("run \(seconds)\n".utf8))
      return try Self.line(from: output, within: seconds + 60)
    } catch let error as PeerError {
      throw PeerError("\(name) did not answer: \(error)")
    } catch {
      throw PeerError("\(name) did not answer: it ended")
    }
  }

  /// Ends the process and waits for it.
  ///
  /// - Parameter seconds: for which it may go on by itself once nothing more will be asked.
  func close(within seconds: Double = 30) {
    try? input.fileHandleForWriting.close()  // it may be gone already
    Self.end(process, ended, within: seconds)
  }

  private static func end(_ process: Process, _ ended: DispatchSemaphore, within seconds: Double) {
    var patience = seconds
    for signal in [SIGTERM, SIGKILL] {
      guard ended.wait(timeout: .now() + patience) == .timedOut else { return }
      kill(process.processIdentifier, signal)
      patience = 2
    }
    process.waitUntilExit()
  }

  /// The first line of what it says next.
  private static func line(from pipe: Pipe, within seconds: Double) throws -> String {
    let handle = pipe.fileHandleForReading
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes = Data()
    while true {
      if let end = bytes.firstIndex(of: 0x0A) { return String(decoding: bytes[..<end], as: UTF8.self) }
      let left = ContinuousClock.now.duration(to: deadline).seconds
      var item = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, unsafe poll(&item, 1, Int32(left * 1000)) > 0 else {
        throw PeerError("no answer within \(Int(seconds)) s")
      }
      let more = handle.availableData
      guard !more.isEmpty else { throw PeerError("it ended") }
      bytes += more
      guard bytes.count < 1 << 20 else { throw PeerError("it says no line") }
    }
  }
}

/// Why the comparison with another program failed.
package struct PeerError: ExitCoded, Hashable {
  package var exitCode: Int32 { ExitCode.unavailable }
  package let description: String
  init(_ description: String) { self.description = description }
}
