import Failures
package import Foundation

/// PyTorch in a process of its own, which takes steps on request; see `cluster/peers/torch_step.py`.
package final class TorchPeer {
  /// What it says of itself when it is ready.
  package struct Greeting: Hashable, Sendable, Codable {
    package let torch: String
    package let threads: Int
    package let layout: String
  }

  /// As it is, or through `torch.compile`, which needs a C++ compiler.
  package enum Mode: String, Hashable, Sendable, Codable, CaseIterable { case eager, compiled }

  package let greeting: Greeting
  package let mode: Mode
  package var processID: pid_t { process.processIdentifier }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  /// Starts it and waits until it has warmed up.
  ///
  /// - Parameters:
  ///   - python: an interpreter with PyTorch.
  ///   - layout: "default" or "channels_last".
  ///   - usesBFloat16: by autocast.
  package init(
    python: String, script: String, network: String, batch: Int, layout: String, usesBFloat16: Bool = false,
    mode: Mode = .eager
  ) throws {
    self.mode = mode
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      python, script, network, "\(batch)", layout, usesBFloat16 ? "bfloat16" : "float32", mode.rawValue,
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"]
    ) { $1 }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    do {
      let line = try Self.line(from: output, within: 300)
      greeting = try JSONDecoder().decode(Greeting.self, from: Data(line.utf8))
    } catch {
      process.terminate()
      throw PeerError("\(python) \(script) did not get ready: \(error)")
    }
  }

  /// Takes steps for about `seconds` and says how many images a second they were.
  package func imagesPerSecond(over seconds: Double) throws -> Double {
    try input.fileHandleForWriting.write(contentsOf: Data("run \(seconds)\n".utf8))
    let line = try Self.line(from: output, within: seconds + 60)
    guard let number = Double(line) else { throw PeerError("PyTorch's process said \"\(line)\" instead of a number") }
    return number
  }

  /// Ends the process and waits for it.
  package func close() {
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
