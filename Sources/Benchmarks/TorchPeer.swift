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
  package var processID: pid_t { process.processID }

  private let process: PeerProcess

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
    let precision = usesBFloat16 ? "bfloat16" : "float32"
    // As a shell finds it.
    process = try PeerProcess(
      "/usr/bin/env", [python, script, network, "\(batch)", layout, precision, mode.rawValue],
      environment: ["OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"])
    guard let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(process.greeting.utf8)) else {
      process.close(within: 0)
      throw PeerError(
        "PyTorch's process said \"\(process.greeting.prefix(100))\"; expected: its version, threads and layout")
    }
    self.greeting = greeting
  }

  /// Takes steps for about `seconds` and says how many images a second they were.
  package func imagesPerSecond(over seconds: Double) throws -> Double {
    let line = try process.run(for: seconds)
    guard let number = Double(line) else {
      throw PeerError("PyTorch's process said \"\(line.prefix(100))\"; expected: a number")
    }
    return number
  }

  /// Ends the process and waits for it.
  package func close() { process.close() }
}
