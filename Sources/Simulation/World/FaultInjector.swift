import Coordination
import ParameterServer
import Parameters

/// The state of the planted faults, and how each changes the messages between the network and a machine. Without a
/// fault, messages pass unchanged.
struct FaultInjector {
  typealias Push = ParameterServer<Float, Int>.Push

  /// The version that each worker asked for last.
  var pulled: [Int: Int] = [:]
  var sessions = SessionFaults()
  private var numbers: [Int: Int] = [:]
  private var ordered: Set<[UInt64]> = []
  private var leaves: [Place: (step: Int, count: Int, held: Set<Int>)] = [:]
  private var extra: [Place: Push] = [:]

  /// A segment of a server.
  private struct Place: Hashable {
    let server: Int
    let segment: Int
  }
  private var seenPushes = 0
  /// Who was the first to have each microbatch in hand, by generation and number.
  private var holders: [[UInt64]: Int] = [:]
  /// What each worker has sent of a microbatch.
  private var sent: [[Int]: Letter] = [:]

  /// Whether these orders are a repetition, if the fault is about those.
  mutating func hasOrdered(_ number: Int, _ generation: UInt64, _ peer: Int, _ fault: ProtocolFault?) -> Bool {
    guard fault == .ordersNotRepeated else { return false }
    return !ordered.insert([UInt64(number), generation, UInt64(peer)]).inserted
  }

  mutating func renumbered(_ orders: ServerOrders, for id: Int, _ fault: ProtocolFault?) -> ServerOrders {
    guard fault == .ordersUnnumbered else { return orders }
    var orders = orders
    orders.number = next(id)
    return orders
  }

  mutating func renumbered(_ orders: WorkerOrders, for id: Int, _ fault: ProtocolFault?) -> WorkerOrders {
    guard fault == .ordersUnnumbered else { return orders }
    var orders = orders
    orders.number = next(id)
    return orders
  }

  private mutating func next(_ id: Int) -> Int {
    numbers[id, default: 1000] += 1
    return numbers[id, default: 0]
  }

  func restored(_ state: ShardState<Float>, on wire: Wire, _ fault: ProtocolFault?) -> ShardState<Float> {
    var optimizerState = state.optimizerState
    switch fault {
    case .optimizerStateNotKept: optimizerState = optimizerState.map { Buffer(count: $0.count) }
    case .heldNotKept where wire.format.sendsDifferences: optimizerState[0] = state.weights
    default: break
    }
    return ShardState(
      version: state.version, weights: state.weights, optimizerState: optimizerState,
      windows: fault == .windowNotKept ? state.windows.map { _ in 0 } : state.windows,
      tally: fault == .windowNotKept ? Tally() : state.tally, steps: fault == .windowNotKept ? 0 : state.steps)
  }

  /// With the inconsistent cut, the last server's state is that of its previous handover.
  func cut(
    _ state: ShardState<Float>, of rank: Int, in node: CoordinatorNode, _ fault: ProtocolFault?
  ) -> ShardState<Float> {
    defer { node.earlier[rank] = state }
    guard fault == .inconsistentCut, rank == node.machine.plan.serverCount - 1, let old = node.earlier[rank] else {
      return state
    }
    return ShardState(
      version: state.version, weights: old.weights, optimizerState: old.optimizerState, windows: old.windows,
      tally: old.tally,
      steps: old.steps)
  }

  mutating func noteDuplicate(_ push: Push, at node: MemberNode, _ fault: ProtocolFault?) {
    guard fault == .duplicateAdded || fault == .riderWithoutGradient, push.step == node.server?.shard.version else {
      return
    }
    extra[Place(server: node.id, segment: push.segment)] = push
  }

  func passed(_ request: MicrobatchRequest, _ fault: ProtocolFault?) -> MicrobatchRequest {
    guard fault == .rejectedTakenForApplied else { return request }
    return MicrobatchRequest(
      number: request.number, capacity: request.capacity, applied: request.applied + request.returned)
  }

  /// With the fault, without the microbatches that others had before.
  mutating func passed(
    _ grant: MicrobatchGrant, _ generation: UInt64, to peer: Int, _ fault: ProtocolFault?
  ) -> MicrobatchGrant {
    guard fault == .lostMicrobatchesForgotten else { return grant }
    var grant = grant
    grant.microbatches.removeAll { microbatch in
      let key = [generation, UInt64(microbatch)]
      holders[key] = holders[key] ?? peer
      return holders[key] != peer
    }
    return grant
  }

  mutating func note(_ letter: Letter, from node: MemberNode, to server: Int, _ fault: ProtocolFault?) {
    guard fault == .lateTakenForNew, case .push(_, let push) = letter else { return }
    sent[[node.id, push.node.start]] = letter
  }

  /// The late gradient under a number that nobody has, which the server takes for that of another microbatch.
  func renumbered(_ answer: ServerAnswer, of node: MemberNode, _ fault: ProtocolFault?) -> Letter? {
    guard case .decided(let microbatch, .late, let version) = answer,
      case .push(let generation, let push)? = sent[[node.id, microbatch]]
    else { return nil }
    return .push(
      generation: generation,
      Push(
        step: version, node: .init(start: 1_000_000 + microbatch, count: 1), tally: push.tally,
        gradient: push.gradient))
  }

  /// A forged copy of a push, with another gradient, that a stranger with the run's key sends first; for one push in
  /// five.
  mutating func forged(_ push: Push, to node: MemberNode) -> Push? {
    seenPushes += 1
    guard seenPushes.isMultiple(of: 5) else { return nil }
    return Push(
      step: push.step, segment: push.segment, node: push.node, tally: push.tally,
      gradient: Buffer(push.gradient.values.map { $0 + 1 }),
      squares: push.squares, errors: push.errors)
  }

  /// The pushes that a server with the fault sees for one push.
  mutating func pushes(_ push: Push, to node: MemberNode, of microbatches: Int, _ fault: ProtocolFault?) -> [Push] {
    switch fault {
    case .duplicateAdded, .riderWithoutGradient:
      let place = Place(server: node.id, segment: push.segment)
      guard let more = extra[place], more.step == push.step, more.node != push.node else { return [push] }
      extra[place] = nil
      let gradient = Buffer<Float>(push.gradient.values)
      if fault == .duplicateAdded {
        for index in 0..<gradient.count { unsafe gradient.start[index] += more.gradient.start[index] }
      }
      return [
        Push(
          step: push.step, segment: push.segment, node: push.node,
          tally: fault == .riderWithoutGradient ? push.tally + more.tally : push.tally, gradient: gradient,
          squares: push.squares, errors: push.errors)
      ]
    case .completionByCount: return counted(push, to: node, of: microbatches)
    default: return [push]
    }
  }

  /// Once as many leaves have arrived as the tree has, whichever they are, missing ones count as zero.
  private mutating func counted(_ push: Push, to node: MemberNode, of microbatches: Int) -> [Push] {
    guard push.step == node.server?.shard.version else { return [push] }
    let place = Place(server: node.id, segment: push.segment)
    var seen: (step: Int, count: Int, held: Set<Int>) = (push.step, 0, [])
    if let earlier = leaves[place], earlier.step == push.step { seen = earlier }
    seen.count += push.node.count
    seen.held.formUnion(push.node.leaves)
    leaves[place] = seen
    guard seen.count >= microbatches else { return [push] }
    return [push]
      + (0..<microbatches).filter { !seen.held.contains($0) }.map { leaf in
        Push(
          step: push.step, segment: push.segment, node: .init(start: leaf, count: 1), tally: Tally(),
          gradient: Buffer(count: push.gradient.count))
      }
  }
}
