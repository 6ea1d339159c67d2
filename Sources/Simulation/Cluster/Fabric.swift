/// What the bytes of messages pass on their way: the sockets of a process, the two directions of a host's link, and the
/// sockets of the other process.
///
/// Each of these stages serves the connections that have something for it in turn, a quantum at a time, as TCP and the
/// threads of the sockets do: a link is shared fairly, and small messages do not wait for large ones of others. A quantum
/// begins to leave for the next stage while it still arrives (cut-through), so a message that is alone takes
/// bytes/rate of the slowest stage and the latency. Nothing is lost, and no stage idles while it has something to do.
package struct Fabric {
  /// Bytes of a turn.
  package static let quantum = 65_536.0

  struct Stage {
    /// Added where the stage passes something on.
    let latency: Double
    /// Whether it works on a core, as a thread does, or by itself, as a link does.
    let needsCore: Bool
    fileprivate var isBusy = false
    fileprivate var awaitsCore = false
    /// Connections that have something for this stage, in the order of their turns.
    fileprivate var turns = Line<Hop>()
    fileprivate(set) var bytes = 0.0
    fileprivate(set) var seconds = 0.0
  }

  /// A place on the path of a connection.
  fileprivate struct Hop {
    let connection: Int
    let position: Int
  }

  private struct Piece {
    let parcel: Parcel
    var bytes: Double
    var isLast: Bool
  }

  /// A stage on the way, and the bytes in a second that it moves for this connection alone.
  struct Passage {
    let stage: Int
    let bytesPerSecond: Double
  }

  private struct Connection {
    let path: [Passage]
    /// At each stage.
    var waiting: [Line<Piece>]
    /// On the way to each stage, and to the end.
    var coming: [Line<Piece>]
  }

  /// What a stage has done, or what reaches one.
  enum Event {
    case free(stage: Int)
    /// What comes next on a connection reaches a stage of its path, or its end.
    case reaches(connection: Int, position: Int)
  }

  private(set) var stages: [Stage] = []
  private var connections: [Connection] = []
  private var numbers: [Ends: Int] = [:]

  private struct Ends: Hashable {
    let from: Int
    let to: Int
  }

  /// - Returns: its number.
  mutating func addStage(latency: Double = 0, needsCore: Bool = false) -> Int {
    stages.append(Stage(latency: latency, needsCore: needsCore))
    return stages.count - 1
  }

  /// What the fabric asks of its owner.
  struct Requests {
    let schedule: (Event, Double) -> Void
    /// Takes a core for a stage; where there is none now, `resume` follows once it has one.
    let takeCore: (_ stage: Int) -> Bool
  }

  /// Sends a parcel along the stages of `path`, which is the same for all parcels between the two processes.
  mutating func send(_ parcel: Parcel, path: @autoclosure () -> [Passage], now: Double, _ requests: Requests) {
    let ends = Ends(from: parcel.from, to: parcel.to)
    let number: Int
    if let known = numbers[ends] {
      number = known
    } else {
      let path = path()
      number = connections.count
      numbers[ends] = number
      connections.append(
        Connection(
          path: path, waiting: path.map { _ in Line() }, coming: Array(repeating: Line(), count: path.count + 1)))
    }
    put(
      Piece(parcel: parcel, bytes: Double(parcel.bytes), isLast: true), Hop(connection: number, position: 0), now,
      requests)
  }

  /// The stage has the core that it asked for.
  mutating func resume(_ stage: Int, now: Double, _ requests: Requests) {
    stages[stage].awaitsCore = false
    serve(stage, now, requests, hasCore: true)
  }

  /// A stage that is free gives its core back afterwards.
  ///
  /// - Returns: a parcel that has arrived.
  mutating func handle(_ event: Event, now: Double, _ requests: Requests) -> Parcel? {
    switch event {
    case .free(let stage):
      stages[stage].isBusy = false
      serve(stage, now, requests)
    case .reaches(let connection, let position):
      guard let piece = connections[connection].coming[position].take() else { return nil }
      guard position < connections[connection].path.count else { return piece.parcel }
      put(piece, Hop(connection: connection, position: position), now, requests)
    }
    return nil
  }

  private mutating func put(_ piece: Piece, _ hop: Hop, _ now: Double, _ requests: Requests) {
    let isIdle = connections[hop.connection].waiting[hop.position].isEmpty
    connections[hop.connection].waiting[hop.position].append(piece)
    let stage = connections[hop.connection].path[hop.position].stage
    if isIdle { stages[stage].turns.append(hop) }
    serve(stage, now, requests)
  }

  private mutating func serve(_ index: Int, _ now: Double, _ requests: Requests, hasCore: Bool = false) {
    guard !stages[index].isBusy, !stages[index].awaitsCore, !stages[index].turns.isEmpty else { return }
    if stages[index].needsCore, !hasCore, !requests.takeCore(index) {
      stages[index].awaitsCore = true
      return
    }
    guard let hop = stages[index].turns.take() else { return }
    let (connection, position) = (hop.connection, hop.position)
    guard var piece = connections[connection].waiting[position].first else { return }
    let bytes = min(piece.bytes, Self.quantum)
    let isRest = bytes == piece.bytes
    if isRest {
      _ = connections[connection].waiting[position].take()
    } else {
      piece.bytes -= bytes
      connections[connection].waiting[position].replaceFirst(piece)
    }
    if !connections[connection].waiting[position].isEmpty { stages[index].turns.append(hop) }
    let seconds = bytes / connections[connection].path[position].bytesPerSecond
    let end = now + seconds
    stages[index].isBusy = true
    stages[index].bytes += bytes
    stages[index].seconds += seconds
    requests.schedule(.free(stage: index), end)
    let isLast = isRest && piece.isLast
    var arrival = end
    if position + 1 < connections[connection].path.count {
      let next = connections[connection].path[position + 1].bytesPerSecond
      arrival = max(now, end - bytes / next) + stages[index].latency
    } else if !isLast {
      return
    }
    connections[connection].coming[position + 1].append(Piece(parcel: piece.parcel, bytes: bytes, isLast: isLast))
    requests.schedule(.reaches(connection: connection, position: position + 1), arrival)
  }
}

/// First in, first out.
struct Line<Element> {
  private var elements: [Element] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }
  var first: Element? { isEmpty ? nil : elements[head] }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func replaceFirst(_ element: Element) { elements[head] = element }

  mutating func take() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head]
    head += 1
    if isEmpty {
      elements.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 32, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
