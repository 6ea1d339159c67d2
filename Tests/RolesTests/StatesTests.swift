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

  /// What comes out of a socket that this part was put into.
  private func sent(
    _ part: StatePart, of state: ShardState<Float>, at offset: Int = 0, dropping count: Int = 0
  ) throws -> (State, Payload) {
    func send<Scalar: KernelScalar>(_ values: [Scalar]) throws {
      let values = Array(values.dropLast(count))
      let header = TensorHeader(elementType: Scalar.elementType, offset: offset, count: values.count)
      let message = State(
        version: state.version, part: part, tensor: header, tally: state.tally, steps: state.steps)
      let envelope = Envelope(session: Self.key.session, generation: 1, message: .state(message))
      #expect(try connection.send(envelope, payload: Buffer(values)))
    }
    switch part {
    case .weights: try send(state.weights.values)
    case .windows: try send(state.windows)
    case .optimizerState(let k): try send(state.optimizerState[min(k, state.optimizerState.count - 1)].values)
    }
    _ = try Waiter.wait(for: [listener], timeout: .seconds(30))
    let received = try #require(try listener.receive())
    guard case .state(let message) = received.envelope.message else { throw RunError(ExitCode.software, "no state") }
    return (message, try #require(received.payload))
  }

  private static func shards(servers: Int) throws -> TrainedShards<Float> {
    var shards = try TrainedShards<Float>(
      RunDefinition(["network.preset=mlp", "optimizer=momentum", "execution.servers=\(servers)"]))
    shards.advance(to: 3)
    return shards
  }

  @Test("a fetched state is whole once all its parts have come in one generation; others begin anew")
  func generations() throws {
    let shards = try Self.shards(servers: 1)
    let state = shards.states[0]
    var incoming = IncomingState(for: shards.shards[0])
    func take(_ part: StatePart, _ generation: UInt64) throws -> ShardState<Float>? {
      let (message, payload) = try sent(part, of: state)
      return incoming.insert(message, payload, generation: generation)
    }
    #expect(try take(.weights, 2) == nil)
    #expect(try take(.windows, 2) == nil)
    #expect(try take(.optimizerState(0), 3) == nil, "the others are of the generation before")
    #expect(try take(.weights, 3) == nil)
    #expect(try take(.windows, 3)?.numbers == state.numbers)
  }

  @Test("a part of a fetched state that does not fit the shard is dropped")
  func misfits() throws {
    let shards = try Self.shards(servers: 1)
    let state = shards.states[0]
    let parts = [StatePart.weights, .windows, .optimizerState(0)]
    for (wrong, count) in [(parts[0], 1), (parts[1], 1), (parts[2], 1), (.optimizerState(1), 0)] {
      var incoming = IncomingState(for: shards.shards[0])
      for part in parts where part != wrong && !(part == parts[2] && wrong == .optimizerState(1)) {
        let (message, payload) = try sent(part, of: state)
        let early = incoming.insert(message, payload, generation: 1)
        #expect(early == nil)
      }
      let (message, payload) = try sent(wrong, of: state, dropping: count)
      let whole = incoming.insert(message, payload, generation: 1)
      #expect(whole == nil, "\(wrong)")
    }
  }

  @Test("a state that servers hand over is whole once every part has come at its place, and is taken once")
  func handedOver() throws {
    let shards = try Self.shards(servers: 2)
    var states = HandedOverStates(shards.run)
    let parts = [StatePart.weights, .windows, .optimizerState(0)]
    for (server, state) in shards.states.enumerated() {
      let place = shards.run.shards.shards[server].lowerBound
      let (strange, content) = try sent(.weights, of: state, at: place + 1)
      let isTaken = states.insert(strange, content, of: server)
      #expect(!isTaken)
      for part in parts.reversed() {
        #expect(throws: RunError.self) { try states.take(3) }
        let (message, payload) = try sent(part, of: state, at: place)
        let isWhole = states.insert(message, payload, of: server)
        #expect(isWhole == (part == .weights))
      }
    }
    #expect(throws: RunError.self) { try states.take(2) }
    let whole = try states.take(3)
    #expect(whole.weightsSHA256 == shards.collected().weightsSHA256)
    #expect(throws: RunError.self) { try states.take(3) }
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
