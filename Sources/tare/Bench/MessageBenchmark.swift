import Benchmarks
import Failures
import Foundation
import Launching
import Messages
import Parameters
import Transport
import ZeroMQ

/// What messages cost: small ones, and the bytes of large ones, through the sockets of two processes' worth of threads.
struct MessageBenchmark {
  struct Findings: Hashable, Codable {
    /// `ipc`, between processes of one host; `tcp`, encrypted, as between hosts.
    let transport: String
    /// Of one process, for a small message that it encodes and sends, or takes in and decodes.
    let microsecondsPerMessage: MeasuredValue
    /// Through the sockets of a process.
    let gigabytesPerSecond: MeasuredValue
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int

  static let transports = ["ipc", "tcp"]

  /// Elements of a large message, of 1 MB.
  private static let elements = 250_000

  /// - Parameter progress: told which part of the work is done.
  func run(_ transport: String, progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let endpoint = try Endpoint(transport == "ipc" ? "ipc://\(scratch.path)/bench" : "tcp://127.0.0.1:0")
    let key = RunKey()
    let limits = SocketLimits(payload: Self.elements * MemoryLayout<Float>.stride)
    let listener = try Listener(on: endpoint, in: Context(), key: key, limits: limits)
    let connection = try Connection(to: listener.endpoint, in: Context(), key: key, limits: limits)
    let heartbeat = Envelope(session: key.session, generation: 1, message: .heartbeat(Heartbeat(progress: 1000)))
    let tensor = TensorHeader(elementType: .float32, offset: 0, count: Self.elements)
    let weights = Envelope(
      session: key.session, generation: 1, message: .weights(Weights(version: 1, tensor: tensor)))
    let buffer = Buffer<Float>(count: Self.elements)

    func small() throws -> Double {
      let perSecond = try rate(of: 100, from: connection, to: listener) { try connection.send(heartbeat) }
      // The same thread sends and receives.
      return 1e6 / perSecond / 2
    }
    func large() throws -> Double {
      try rate(of: 16, from: connection, to: listener) { try connection.send(weights, payload: buffer) }
        * Double(tensor.byteCount) * 1e-9
    }
    _ = try (small(), large())
    var (times, rates) = (Rounds(), Rounds())
    for round in 0..<rounds {
      try times.measure(small)
      try rates.measure(large)
      progress(Double(round + 1) / Double(rounds))
    }
    guard let time = times.measurement, let rate = rates.measurement else { return nil }
    return Findings(transport: transport, microsecondsPerMessage: time, gigabytesPerSecond: rate)
  }

  /// Messages a second, sent `burst` at a time.
  private func rate(
    of burst: Int, from connection: Connection, to listener: Listener, send: () throws -> Bool
  ) throws -> Double {
    let start = ContinuousClock.now
    var (count, elapsed) = (0, 0.0)
    repeat {
      // A full queue takes less.
      let sent = try (0..<burst).count { _ in try send() }
      var arrived = 0
      while arrived < sent {
        guard try !Waiter.wait(for: [listener, connection], timeout: .seconds(10)).isEmpty else {
          throw RunError(ExitCode.unavailable, "messages over \(listener.endpoint) do not arrive")
        }
        while try listener.receive() != nil { arrived += 1 }
        // Both ends work at opening the channel for tensors.
        while try connection.receive() != nil {}
      }
      count += sent
      elapsed = start.duration(to: .now) / .seconds(1)
    } while elapsed < seconds
    return Double(count) / elapsed
  }
}
