import Coordination
import Messages
import ParameterServer
import Parameters
import RunDefinition
import Specification
import Transport

/// States travel in pieces: those of the servers to a checkpoint's files, and those of a checkpoint to the servers.
extension CoordinatorRole {
  /// Takes in a piece of a server's state, and asks for what comes next.
  ///
  /// - Returns: the news for the state machine, once the server's is complete.
  func collect(_ state: State, _ payload: Payload, from member: Member) throws -> Machine.News? {
    let (server, isOffer) = (member.rank, state.part == .windows)
    guard machine.awaitsState(of: state.version, from: member) else { return nil }
    if isOffer, collection?.version != state.version { beginCollection(of: state.version) }
    guard let collection, collection.version == state.version else { return nil }
    var wanted: [StatePiece] = []
    if isOffer {
      guard let again = collection.offer(payload.bytes, tally: state.tally, steps: state.steps, by: server) else {
        return nil
      }
      wanted = again
    } else {
      let range = state.tensor.offset..<state.tensor.offset + state.tensor.count
      guard state.tensor.elementType == definition.spec.precision.elementType,
        let next = collection.insert(payload.bytes, as: StatePiece(server: server, part: state.part, range: range))
      else { return nil }
      if !next.isEmpty {
        let (count, version) = (next.reduce(0) { $0 + $1.count }, state.version)
        recorder.append(next) { [notices, generation = machine.generation] in
          notices.post(.written(generation: generation, version: version, bytes: count))
        }
      }
    }
    try ask(wanted + collection.wanted())
    guard collection.isComplete(of: server) else { return nil }
    return .handedOver(generation: machine.generation, version: state.version)
  }

  private func beginCollection(of version: Int) {
    collection = StateCollection(definition, version: version)
    recorder.collect(version)
  }

  /// There is room for more.
  func wrote(_ bytes: Int, of version: Int) throws {
    guard let collection, collection.version == version else { return }
    collection.wrote(bytes)
    try ask(collection.wanted())
  }

  private func ask(_ pieces: [StatePiece]) throws {
    for piece in pieces {
      guard let peer = machine.roster[Member(.server, piece.server)]?.peer, let version = collection?.version else {
        continue
      }
      try send(
        .fetch(Fetch(version: version, part: piece.part, range: piece.range)), to: peer, generation: machine.generation)
    }
  }

  /// Sends a server the piece that it has asked for, of the state that the generation begins with.
  func restore(_ peer: Peer, _ member: Member, generation: UInt64, version: Int) throws {
    guard let state = restored, state.version == version, let fetch else { return }
    if fetch.part == .windows {
      return try send(state, fetch, Buffer<Double>(bytes: state.windows(of: member.rank)), to: peer, generation)
    }
    let piece = StatePiece(server: member.rank, part: fetch.part, range: fetch.range)
    guard let bytes = try state.bytes(of: piece) else { return }
    switch definition.spec.precision.elementType {
    case .float64: try send(state, fetch, Buffer<Double>(bytes: bytes), to: peer, generation)
    case .float32: try send(state, fetch, Buffer<Float>(bytes: bytes), to: peer, generation)
    }
  }

  private func send<Scalar: KernelScalar>(
    _ state: StoredState, _ fetch: Fetch, _ piece: Buffer<Scalar>, to peer: Peer, _ generation: UInt64
  ) throws {
    let tensor = TensorHeader(elementType: Scalar.elementType, offset: fetch.range.lowerBound, count: piece.count)
    let message = State(
      version: state.version, part: fetch.part, tensor: tensor, tally: state.tally, steps: state.steps)
    try send(.state(message), to: peer, generation: generation, payload: piece)
  }
}
