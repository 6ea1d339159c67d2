package import Foundation

/// ps-lite in processes of its own, which take round trips on request; see `cluster/peers/ps_lite_round_trip.cc`.
package final class PsLitePeer {
  private struct Greeting: Decodable { let transport: String }

  private struct Answer: Decodable {
    /// Microseconds, the median, of the faster of its two ways.
    let best: Double
  }

  package var processID: pid_t { process.processID }

  private let process: PeerProcess

  /// Starts it and waits until it has warmed up.
  ///
  /// - Parameters:
  ///   - program: built from that file.
  ///   - transport: "ipc" or "tcp".
  package init(program: String, transport: String) throws {
    process = try PeerProcess(program, [transport])
    let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(process.greeting.utf8))
    guard greeting?.transport == transport else {
      process.close(within: 0)
      throw PeerError("\(program) said \"\(process.greeting.prefix(100))\"; expected: that it uses \(transport)")
    }
  }

  /// Microseconds, the median over about `seconds`.
  package func roundTrip(over seconds: Double) throws -> Double {
    let line = try process.run(for: seconds)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8)) else {
      throw PeerError("ps-lite's process said \"\(line.prefix(100))\"; expected: its times")
    }
    return answer.best
  }

  /// Ends the processes and waits for them.
  package func close() { process.close() }
}
