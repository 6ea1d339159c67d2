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
    /// Of tensors, through the sockets of a process.
    let gigabytesPerSecond: MeasuredValue
    /// Of tensors in a second of the processor that a process's loop takes to send them or take them in: over tcp, to seal or
    /// open them.
    let loopGigabytesPerSecond: MeasuredValue
    /// Of tensors in a second of the processor that the threads of a process's sockets take to move them in or out.
    let socketGigabytesPerSecond: MeasuredValue
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
      let time = try time(of: 100, from: connection, to: listener) { try connection.send(heartbeat) }
      // The same thread sends and receives.
      return time.elapsed * 1e6 / 2
    }
    let gigabytes = Double(tensor.byteCount) * 1e-9
    func large() throws -> MessageTime {
      // As many as a channel keeps memory for.
      try time(of: 4, from: connection, to: listener) { try connection.send(weights, payload: buffer) }
    }
    _ = try (small(), large())
    var (times, rates, loops, sockets) = (Rounds(), Rounds(), Rounds(), Rounds())
    for round in 0..<rounds {
      try times.measure(small)
      let load = ForeignLoad()
      let time = try large()
      // Both ends are in this process.
      let figures = [gigabytes / time.elapsed, 2 * gigabytes / time.loop, 2 * gigabytes / time.sockets]
      let measured = figures.map { [load = load.processors] in Rounds.Round(value: $0, foreignLoad: load) }
      rates.append(measured[0])
      loops.append(measured[1])
      sockets.append(measured[2])
      progress(Double(round + 1) / Double(rounds))
    }
    guard let time = times.measurement, let rate = rates.measurement, let loop = loops.measurement,
      let socket = sockets.measurement
    else { return nil }
    return Findings(
      transport: transport, microsecondsPerMessage: time, gigabytesPerSecond: rate, loopGigabytesPerSecond: loop,
      socketGigabytesPerSecond: socket)
  }

  /// Seconds of a message.
  private struct MessageTime {
    var elapsed = 0.0
    /// Of the processor, on the thread that sends and receives, and on all others.
    var (loop, sockets) = (0.0, 0.0)
  }

  private static func processorSeconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Sends `burst` messages at a time.
  private func time(
    of burst: Int, from connection: Connection, to listener: Listener, send: () throws -> Bool
  ) throws -> MessageTime {
    let start = ContinuousClock.now
    let thread = Self.processorSeconds(CLOCK_THREAD_CPUTIME_ID)
    let process = Self.processorSeconds(CLOCK_PROCESS_CPUTIME_ID)
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
    let loop = Self.processorSeconds(CLOCK_THREAD_CPUTIME_ID) - thread
    let sockets = Self.processorSeconds(CLOCK_PROCESS_CPUTIME_ID) - process - loop
    let messages = Double(count)
    return MessageTime(elapsed: elapsed / messages, loop: loop / messages, sockets: sockets / messages)
  }
}
