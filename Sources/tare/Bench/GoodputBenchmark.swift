import Benchmarks
import Failures
import Foundation
import Launching
import Messages
import Parameters
import Synchronization
import Transport
import ZeroMQ

/// Tensors from one process to another: as in a run, beside libzmq alone over the same kind of socket. Either way the receiver copies
/// them once, in place of what it would do with them. Over tcp a run encrypts everything, so that libzmq is measured as it is and
/// with its own encryption.
struct GoodputBenchmark {
  struct Findings: Hashable, Codable {
    /// Of a tensor.
    let megabytes: Int
    /// `ipc`, between processes of one host; `tcp`, encrypted, as between hosts. Absent in results of programs that had but ipc.
    let transport: String?
    /// In GB/s.
    let ours: MeasuredValue
    let libzmq: MeasuredValue
    /// With CURVE; over tcp only.
    let encryptedLibzmq: MeasuredValue?
    let ratio: Double

    /// Size, and transport where it is not ipc.
    var title: String { "\(megabytes) MB" + (transport.flatMap { $0 == "ipc" ? nil : " over \($0)" } ?? "") }
  }

  /// What is measured.
  struct Subject {
    let megabytes: Int
    let transport: String

    static let all =
      [1, 4, 16].map { Subject(megabytes: $0, transport: "ipc") }
      + [1, 4].map { Subject(megabytes: $0, transport: "tcp") }
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int

  /// Tensors that are under way at the same time.
  private static let burst = 4

  /// - Parameter progress: told which part of the work is done.
  func run(_ subject: Subject, progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let isLocal = subject.transport == "ipc"
    func endpoint(_ name: String) throws -> Endpoint {
      try Endpoint(isLocal ? "ipc://\(scratch.path)/\(name)" : "tcp://127.0.0.1:0")
    }
    let target = Buffer<Float>(count: subject.megabytes * 250_000)
    let ours = try RunPath(on: endpoint("ours"), count: target.count)
    let bare = try BarePath(on: endpoint("bare"), count: target.count)
    let encrypted = isLocal ? nil : try BarePath(on: endpoint("encrypted"), count: target.count, key: RunKey())
    let paths: [any TensorPath] = [ours, bare] + (encrypted.map { [$0] } ?? [])
    // Memory and connections are new at first, and so is the channel of large tensors.
    let speed = isLocal ? takingTurns : sideBySide
    for _ in 0..<4 { for path in paths { _ = try speed(path, target, 0.05) } }
    // Where processes can't share memory, there is nothing of our own to measure.
    guard ours.isShared || !isLocal else { return nil }
    var measured = paths.map { _ in Rounds() }
    for round in 0..<rounds {
      for (index, path) in paths.enumerated() {
        try measured[index].measure { try speed(path, target, seconds) }
      }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let found = measured[0].measurement, let peer = measured[1].measurement else { return nil }
    return Findings(
      megabytes: subject.megabytes, transport: subject.transport, ours: found, libzmq: peer,
      encryptedLibzmq: isLocal ? nil : measured[2].measurement, ratio: found.median / peer.median)
  }

  /// GB/s, both ends on this thread: nothing is sealed, and the sockets have threads of their own.
  private func takingTurns(_ path: any TensorPath, _ target: Buffer<Float>, _ seconds: Double) throws -> Double {
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

  /// GB/s, the sender on a thread of its own: it seals while the other opens.
  private func sideBySide(_ path: any TensorPath, _ target: Buffer<Float>, _ seconds: Double) throws -> Double {
    let sender = TensorSender(path)
    for _ in 0..<Self.burst { sender.request() }
    let start = ContinuousClock.now
    var (count, elapsed) = (0, 0.0)
    repeat {
      try path.receive(into: target)
      sender.request()
      count += 1
      elapsed = start.duration(to: .now) / .seconds(1)
    } while elapsed < seconds
    // What was requested, too, or it would be the next one's.
    for _ in 0..<Self.burst { try path.receive(into: target) }
    try sender.end()
    return Double(count * target.count * MemoryLayout<Float>.stride) * 1e-9 / elapsed
  }
}

/// A thread that sends a tensor whenever one is requested. Until it has ended, nobody else uses the path's sending end.
private final class TensorSender: @unchecked Sendable {
  private let path: any TensorPath
  private let requests = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let isEnding = Atomic(false)
  // The thread's until `ended` is signaled.
  private var failure: (any Error)?

  init(_ path: any TensorPath) {
    self.path = path
    let thread = Thread { [self] in
      while true {
        requests.wait()
        guard !isEnding.load(ordering: .relaxed) else { break }
        do { try self.path.send() } catch {
          failure = error
          break
        }
      }
      ended.signal()
    }
    thread.start()
  }

  func request() { requests.signal() }

  func end() throws {
    isEnding.store(true, ordering: .relaxed)
    requests.signal()
    ended.wait()
    if let failure { throw failure }
  }
}

/// Both ends of a connection.
private protocol TensorPath {
  func send() throws
  func receive(into target: Buffer<Float>) throws
}

private struct NotDelivered: ExitCoded {
  var exitCode: Int32 { ExitCode.unavailable }
  var description: String { "tensors between two ends of this process do not arrive" }
}

private struct RunPath: TensorPath {
  private let listener: Listener
  private let connection: Connection
  private let buffer: Buffer<Float>
  private let message: Envelope

  init(on endpoint: Endpoint, count: Int) throws {
    let key = RunKey()
    let limits = SocketLimits(payload: count * MemoryLayout<Float>.stride)
    listener = try Listener(on: endpoint, in: Context(), key: key, limits: limits)
    connection = try Connection(to: listener.endpoint, in: Context(), key: key, limits: limits)
    buffer = SharedBuffers(for: listener.endpoint).make(count: count)
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

  /// - Parameter key: of both ends, which then encrypt.
  init(on endpoint: Endpoint, count: Int, key: RunKey? = nil) throws {
    to = try Socket(.dealer, in: Context())
    if let key { try to.set(key.demanded(on: endpoint)) }
    let bound = try to.bind(to: endpoint)
    from = try Socket(.dealer, in: Context())
    if let key { try from.set(key.presented(to: bound)) }
    try from.connect(to: bound)
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
