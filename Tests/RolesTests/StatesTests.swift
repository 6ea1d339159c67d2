import Failures
import Messages
import ParameterServer
import Parameters
import Roles
import RunDefinition
import TestSupport
import Testing
import Transport
import ZeroMQ

/// States arrive in parts, in any order, and perhaps of two generations.
@Suite("States on their way")
struct StatesTests {
  private static let key = RunKey()
  private let listener: Listener
  private let connection: Connection

  init() throws {
    let context = try Context()
    listener = try Listener(on: Endpoint("inproc://states"), in: context, key: Self.key)
    connection = try Connection(to: listener.endpoint, in: context, key: Self.key)
  }

  /// What comes out of a socket that a piece of a state was put into.
  private func sent(
    _ fetch: Fetch, of shards: TrainedShards<Float>, dropping count: Int = 0
  ) throws -> (State, Payload) {
    let state = shards.states[0]
    func send<Scalar: KernelScalar>(_ values: [Scalar]) throws {
      let values = Array(values.dropLast(count))
      let header = TensorHeader(elementType: Scalar.elementType, offset: fetch.range.lowerBound, count: values.count)
      let message = State(
        version: fetch.version, part: fetch.part, tensor: header, tally: state.tally, steps: state.steps)
      let envelope = Envelope(session: Self.key.session, generation: 1, message: .state(message))
      #expect(try connection.send(envelope, payload: Buffer(values)))
    }
    if fetch.part == .windows {
      try send(state.windows)
    } else {
      try send(try #require(shards.shards[0].piece(of: fetch.part, in: fetch.range)).values)
    }
    _ = try Waiter.wait(for: [listener], timeout: .seconds(30))
    let received = try #require(try listener.receive())
    guard case .state(let message) = received.envelope.message else { throw RunError(ExitCode.software, "no state") }
    return (message, try #require(received.payload))
  }

  private static func shards() throws -> TrainedShards<Float> {
    var shards = try TrainedShards<Float>(
      RunDefinition(["network.preset=mlp", "optimizer=momentum", "execution.servers=1"]))
    shards.advance(to: 3)
    return shards
  }

  /// A server that fetches version 3 in generation 2.
  private static func incoming(_ shards: TrainedShards<Float>) throws -> IncomingState<Float> {
    IncomingState(
      generation: 2, version: 3, for: try TrainedShards<Float>(shards.run).shards[0], at: shards.run.shards.shards[0])
  }

  @Test("a fetched state is whole once all that was asked for has come, in its generation only")
  func generations() throws {
    let shards = try Self.shards()
    var incoming = try Self.incoming(shards)
    var wanted = incoming.wanted()
    #expect(wanted.first == Fetch(version: 3) && Set(wanted) == Set(incoming.missing))
    var whole: ShardState<Float>?
    while let fetch = wanted.popLast() {
      #expect(whole == nil)
      let (message, payload) = try sent(fetch, of: shards)
      let early = incoming.insert(message, payload, generation: 3)
      #expect(early == nil && incoming.missing.contains(fetch))
      whole = incoming.insert(message, payload, generation: 2)
      let again = incoming.insert(message, payload, generation: 2)
      #expect(again == nil && !incoming.missing.contains(fetch))
      wanted += incoming.wanted()
    }
    #expect(whole?.numbers == shards.states[0].numbers)
  }

  @Test("a piece of a fetched state that was not asked for or does not fit the shard is dropped")
  func misfits() throws {
    let shards = try Self.shards()
    var incoming = try Self.incoming(shards)
    let wanted = incoming.wanted()
    #expect(wanted.count > 2)
    for fetch in wanted {
      let (short, content) = try sent(fetch, of: shards, dropping: 1)
      var early = incoming.insert(short, content, generation: 2)
      #expect(early == nil && incoming.missing.count == wanted.count)
      var strange = fetch
      strange.part = .optimizerState(1)
      var (message, payload) = try sent(fetch, of: shards)
      message.part = strange.part
      early = incoming.insert(message, payload, generation: 2)
      (message, payload) = try sent(fetch, of: shards)
      message.version = 2
      let other = incoming.insert(message, payload, generation: 2)
      #expect(early == nil && other == nil)
    }
    #expect(Set(incoming.missing) == Set(wanted))
  }

  @Test("work that nobody has begun can be taken back, and the queue goes on")
  func queue() {
    let queue = TaskQueue<Int>()
    for task in 1...3 { queue.put(task) }
    #expect(queue.take() == 1)
    #expect(queue.removeAll() == 2)
    queue.put(4)
    #expect(queue.take() == 4 && queue.removeAll() == 0)
    queue.put(5)
    queue.close()
    #expect(queue.take() == nil)
  }
}
