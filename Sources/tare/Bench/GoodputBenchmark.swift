import Benchmarks
import Failures
import Launching
import Messages
import Parameters
import Transport
import ZeroMQ

/// Tensors from one process of a host to another: as in a run, beside libzmq alone over the same kind of socket. Either way the
/// receiver copies them once, in place of what it would do with them.
struct GoodputBenchmark {
  struct Findings: Hashable, Codable {
    /// Of a tensor.
    let megabytes: Int
    /// In GB/s.
    let ours: MeasuredValue
    let libzmq: MeasuredValue
    let ratio: Double
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int

  static let megabytes = [1, 4, 16]

  /// Tensors that are under way at the same time.
  private static let burst = 4

  /// - Parameter progress: told which part of the work is done.
  func run(megabytes: Int, progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let target = Buffer<Float>(count: megabytes * 250_000)
    let ours = try SharedPath(on: Endpoint("ipc://\(scratch.path)/ours"), count: target.count)
    let bare = try BarePath(on: Endpoint("ipc://\(scratch.path)/bare"), count: target.count)
    // Memory and connections are new at first.
    for _ in 0..<4 { _ = try (speed(of: ours, to: target, for: 0.02), speed(of: bare, to: target, for: 0.02)) }
    // Where processes can't share memory, there is nothing of our own to measure.
    guard ours.isShared else { return nil }
    var (oursRounds, bareRounds) = (Rounds(), Rounds())
    for round in 0..<rounds {
      try oursRounds.measure { try speed(of: ours, to: target, for: seconds) }
      try bareRounds.measure { try speed(of: bare, to: target, for: seconds) }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let found = oursRounds.measurement, let peer = bareRounds.measurement else { return nil }
    return Findings(megabytes: megabytes, ours: found, libzmq: peer, ratio: found.median / peer.median)
  }

  /// GB/s.
  private func speed(of path: some TensorPath, to target: Buffer<Float>, for seconds: Double) throws -> Double {
    let start = ContinuousClock.now
    var (count, elapsed) = (0, 0.0)
    repeat {
      for _ in 0..<Self.burst { try path.send() }
      for _ in 0..<Self.burst { try path.receive(into: target) }
      count += Self.burst
      elapsed = start.duration(to: .now) / .seconds(1)
    } while elapsed < seconds
    return Double(count * target.count * MemoryLayout<Float>.stride) * 1e-9 / elapsed
  }
}

/// Both ends of a connection.
private protocol TensorPath {
  func send() throws
  func receive(into target: Buffer<Float>) throws
}

private struct NotDelivered: ExitCoded {
  var exitCode: Int32 { ExitCode.unavailable }
  var description: String { "tensors over ipc do not arrive" }
}

private struct SharedPath: TensorPath {
  private let listener: Listener
  private let connection: Connection
  private let buffer: Buffer<Float>
  private let message: Envelope

  init(on endpoint: Endpoint, count: Int) throws {
    let key = RunKey()
    let limits = SocketLimits(payload: count * MemoryLayout<Float>.stride)
    listener = try Listener(on: endpoint, in: Context(), key: key, limits: limits)
    connection = try Connection(to: endpoint, in: Context(), key: key, limits: limits)
    buffer = SharedBuffers(for: endpoint).make(count: count)
    let tensor = TensorHeader(elementType: .float32, offset: 0, count: count)
    message = Envelope(session: key.session, generation: 1, message: .weights(Weights(version: 1, tensor: tensor)))
  }

  var isShared: Bool { listener.statistics.borrowed > 0 }

  func send() throws {
    // Takes back what has been read, and hears that the memory was accepted.
    while try connection.receive() != nil {}
    guard try connection.send(message, payload: buffer) else { throw NotDelivered() }
  }

  func receive(into target: Buffer<Float>) throws {
    while true {
      if let payload = try listener.receive()?.payload {
        let tensor = try payload.buffer(of: Float.self)
        return unsafe target.start.update(from: tensor.start, count: target.count)
      }
      guard try !Waiter.wait(for: [listener], timeout: .seconds(10)).isEmpty else { throw NotDelivered() }
    }
  }
}

private final class BarePath: TensorPath {
  private let from: Socket
  private let to: Socket
  private let buffer: Buffer<Float>

  init(on endpoint: Endpoint, count: Int) throws {
    to = try Socket(.dealer, in: Context())
    _ = try to.bind(to: endpoint)
    from = try Socket(.dealer, in: Context())
    try from.connect(to: endpoint)
    buffer = Buffer(count: count)
  }

  func send() throws {
    guard try from.send(unsafe Frame(lending: buffer.bytes, of: buffer)) else { throw NotDelivered() }
  }

  func receive(into target: Buffer<Float>) throws {
    while true {
      if let frame = try to.receive() {
        return unsafe frame.withBytes { unsafe UnsafeMutableRawBufferPointer(target.elements).copyMemory(from: $0) }
      }
      guard try !Poller.wait(for: [to.pollItem], timeout: .seconds(10)).isEmpty else { throw NotDelivered() }
    }
  }
}
