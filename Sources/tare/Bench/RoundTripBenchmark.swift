import Benchmarks
import Failures
import Foundation
import Launching
import Messages
import Optimization
import ParameterServer
import Parameters
import Synchronization
import Transport
import ZeroMQ

/// A gradient of 4 KB to a server, and the weights that it makes back: messages, the server's state machine and its update,
/// beside 4 KB there and back through libzmq alone, and the same through ps-lite. A thread at each end sleeps until something
/// arrives.
struct RoundTripBenchmark {
  struct Findings: Hashable, Codable {
    /// `ipc`, between processes of one host; `tcp`, encrypted, as between hosts.
    let transport: String
    /// Microseconds, the median of a round.
    let ours: MeasuredValue
    let libzmq: MeasuredValue
    let ratio: Double
    /// A server and a worker of ps-lite; absent without it, and in results of older programs.
    let psLite: MeasuredValue?

    var ratioToPsLite: Double? { psLite.map { ours.median / $0.median } }
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int
  /// The program of `PsLitePeer`.
  let psLite: String?

  fileprivate static let elements = 1000

  /// - Parameter progress: told which part of the work is done.
  func run(_ transport: String, progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    func endpoint(_ name: String) throws -> Endpoint {
      try Endpoint(transport == "ipc" ? "ipc://\(scratch.path)/\(name)" : "tcp://127.0.0.1:0")
    }
    let peer = try psLite.map { try PsLitePeer(program: $0, transport: transport) }
    defer { peer?.close() }
    let ours = try ServedPath(on: endpoint("ours"), count: Self.elements)
    defer { ours.end() }
    let bare = try EchoedPath(on: endpoint("bare"))
    defer { bare.end() }
    let children = peer.map { [$0.processID] + ChildProcesses.of($0.processID) } ?? []
    for _ in 0..<100 {
      try ours.turn()
      try bare.turn()
    }
    var (oursRounds, bareRounds, theirs) = (Rounds(), Rounds(), Rounds())
    for round in 0..<rounds {
      try oursRounds.measure(besides: children) { try median(of: ours) }
      try bareRounds.measure(besides: children) { try median(of: bare) }
      if let peer { try theirs.measure(besides: children) { try peer.roundTrip(over: seconds) } }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let found = oursRounds.measurement, let bare = bareRounds.measurement else { return nil }
    return Findings(
      transport: transport, ours: found, libzmq: bare, ratio: found.median / bare.median, psLite: theirs.measurement)
  }

  /// µs.
  private func median(of path: some RoundTripPath) throws -> Double {
    var times: [Double] = []
    let start = ContinuousClock.now
    repeat {
      let before = ContinuousClock.now
      try path.turn()
      times.append(before.duration(to: .now) / .microseconds(1))
    } while start.duration(to: .now) < .seconds(seconds)
    return times.sorted()[times.count / 2]
  }
}

/// Both ends of a connection, the far one on a thread of its own.
protocol RoundTripPath {
  /// There and back.
  func turn() throws
}

private struct NothingBack: ExitCoded {
  var exitCode: Int32 { ExitCode.unavailable }
  var description: String { "what was sent does not come back" }
}

/// Tells the thread at the far end to stop; both ends look at it.
private final class Stopping: Sendable {
  private let value = Atomic(false)
  var isDue: Bool { value.load(ordering: .relaxed) }
  func request() { value.store(true, ordering: .relaxed) }
}

final class ServedPath: RoundTripPath {
  private let connection: Connection
  private let session: UInt64
  private let gradient: Buffer<Float>
  private let stopping = Stopping()
  private let segments: [Range<Int>]
  private var version = 0
  private var waiter = Waiter()

  /// - Parameters:
  ///   - count: elements of the gradient and the weights, a multiple of the length of a filter.
  ///   - rule: of the update.
  ///   - threads: of the server.
  init(
    on endpoint: Endpoint, count: Int, filterLength: Int = 10, rule: any UpdateRule = SGD(), threads: Threads = .one
  ) throws {
    let key = RunKey()
    session = key.session
    gradient = SharedBuffers(for: endpoint).make(count: count)
    let limits = SocketLimits(payload: count * MemoryLayout<Float>.stride)
    let listener = try Listener(on: endpoint, in: Context(), key: key, limits: limits)
    connection = try Connection(to: listener.endpoint, in: Context(), key: key, limits: limits, badge: 1)
    let machine = try Self.machine(count, filterLength, rule, threads, SharedBuffers(for: listener.endpoint))
    segments = machine.shard.segments
    let (session, stopping) = (session, stopping)
    let server = Server(listener: listener, machine: machine)
    Thread { while !stopping.isDue { try? server.turn(session) } }.start()
  }

  fileprivate static func header(of segment: Range<Int>) -> TensorHeader {
    TensorHeader(elementType: .float32, offset: segment.lowerBound, count: segment.count)
  }

  func turn() throws {
    for segment in segments {
      let push = Push(
        step: version, node: .init(start: 0, count: 1), tally: Tally(lossSum: 1, samples: 1),
        tensor: Self.header(of: segment))
      let envelope = Envelope(session: session, generation: 1, message: .push(push))
      guard try connection.send(envelope, payload: gradient, range: segment) else { throw NothingBack() }
    }
    version += 1
    var missing = segments.count
    while true {
      while let received = try connection.receive() {
        if case .weights = received.envelope.message { missing -= 1 }
        if missing == 0 { return }
      }
      guard try !waiter.wait(for: [connection], timeout: .seconds(10)).isEmpty else { throw NothingBack() }
    }
  }

  func end() { stopping.request() }

  /// A server of one tensor, with one microbatch to a step.
  private static func machine(
    _ count: Int, _ filterLength: Int, _ rule: any UpdateRule, _ threads: Threads, _ buffers: SharedBuffers
  ) throws -> ParameterServer<Float, Peer> {
    let parameter = Parameter(
      layer: "w", shape: Shape(count / filterLength, filterLength), role: .weight, group: .weights,
      initializer: .constant(1))
    let layout = ParameterLayout([parameter])
    let map = ShardMap(layout: layout, serverCount: 1)
    let shard = ParameterShard<Float>(
      slices: map.slicesOfSegments(of: 0), segments: map.segmentRanges(of: 0), layout: layout,
      initial: InitialWeights(layout: layout, seed: 1), batch: 1, microbatches: 1,
      treatments: [parameter: .train(try TensorUpdate(rule: rule), learningRate: 0.01)], factor: { _ in 1 },
      reportsAfter: { _ in false }, threads: threads, allocating: buffers.make)
    var machine = ParameterServer<Float, Peer>(shard: shard, tree: ReductionTree(leafCount: 1))
    let orders = ServerOrders(
      number: 1, version: 0, horizon: .max, reported: 0, contributors: [.init(rank: 0, badge: 1)])
    _ = machine.handle(.orders(generation: 1, orders))
    return machine
  }

  /// Used by the thread at the far end only.
  private final class Server: @unchecked Sendable {
    private let listener: Listener
    private var machine: ParameterServer<Float, Peer>
    private var waiter = Waiter()

    init(listener: Listener, machine: ParameterServer<Float, Peer>) {
      (self.listener, self.machine) = (listener, machine)
    }

    func turn(_ session: UInt64) throws {
      _ = try waiter.wait(for: [listener], timeout: .milliseconds(100))
      while let received = try listener.receive() {
        guard case .push(let push) = received.envelope.message, let payload = received.payload,
          let segment = machine.shard.segments.firstIndex(where: { $0.lowerBound == push.tensor.offset })
        else { continue }
        let sum = ParameterServer<Float, Peer>.Push(
          step: push.step, segment: segment, node: push.node, tally: push.tally,
          gradient: try payload.buffer(of: Float.self))
        for effect in machine.handle(.push(received.peer, badge: received.peer.badge, generation: 1, sum)) {
          guard case .weights(let peer, let segment, let version, let weights, _) = effect else { continue }
          let tensor = ServedPath.header(of: machine.shard.segments[segment])
          let message = Message.weights(Weights(version: version, tensor: tensor))
          _ = try listener.send(
            Envelope(session: session, generation: 1, message: message), payload: weights, to: peer)
        }
      }
    }
  }
}

private final class EchoedPath: RoundTripPath {
  private let near: Socket
  private let buffer = Buffer<Float>(count: RoundTripBenchmark.elements)
  private let stopping = Stopping()

  init(on endpoint: Endpoint) throws {
    let far = Far(try Socket(.dealer, in: Context()))
    let bound = try far.socket.bind(to: endpoint)
    near = try Socket(.dealer, in: Context())
    try near.connect(to: bound)
    let stopping = stopping
    Thread { while !stopping.isDue { try? far.echo() } }.start()
  }

  func turn() throws {
    guard try near.send(unsafe Frame(lending: buffer.bytes, of: buffer)) else { throw NothingBack() }
    while try near.receive() == nil {
      guard try !Poller.wait(for: [near.pollItem], timeout: .seconds(10)).isEmpty else { throw NothingBack() }
    }
  }

  func end() { stopping.request() }

  /// Used by the thread at the far end only.
  private final class Far: @unchecked Sendable {
    let socket: Socket

    init(_ socket: consuming Socket) { self.socket = socket }

    func echo() throws {
      _ = try Poller.wait(for: [socket.pollItem], timeout: .milliseconds(100))
      while let frame = try socket.receive() { _ = try socket.send(frame) }
    }
  }
}
