import Messages
import Testing
import Transport
import ZeroMQ

/// Machines with key pairs of their own, of which each lists those that it trusts.
@Suite("Host keys") struct HostKeysTests {
  private let context: Context

  init() throws { context = try Context() }

  private struct Machine {
    let name: String
    let secret = (0..<32).map { _ in UInt8.random(in: 0...255) }

    func trusting(_ others: Machine...) throws -> HostKeys {
      try HostKeys(name: name, secret: secret, trusting: others.map { try $0.entry })
    }

    var entry: HostKeys.Entry { get throws { try HostKeys(name: name, secret: secret, trusting: []).own } }
  }

  private let leader = Machine(name: "leader")
  private let node = Machine(name: "node")
  private let other = Machine(name: "other")

  /// Connects a machine to one that it trusts, and says something.
  private func connect(_ keys: HostKeys, to endpoint: Endpoint) throws -> Connection {
    let credentials = keys.credentials
    try #require(credentials.count == 1)
    let connection = try connection(to: endpoint, with: credentials[0])
    _ = try connection.send(envelope(.fetch(Fetch(version: 1)), session: connection.session))
    return connection
  }

  private func connection(to endpoint: Endpoint, with credentials: some Credentials) throws -> Connection {
    try Connection(to: endpoint, in: context, key: credentials, noticesRefusal: true)
  }

  @Test("a listed machine is heard under the name that it is listed by, whatever its own file calls it")
  func listed() throws {
    let renamed = HostKeys.Entry(name: "called-so", publicKey: try node.entry.publicKey)
    let keys = try HostKeys(name: "leader", secret: leader.secret, trusting: [renamed, other.entry])
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: keys)
    let connections = [
      try connect(node.trusting(leader), to: listener.endpoint),
      try connect(other.trusting(leader), to: listener.endpoint),
    ]
    var senders: Set<String?> = []
    for _ in connections { senders.insert(try listener.next().sender) }
    #expect(senders == ["called-so", "other"])
  }

  @Test("an unlisted machine that knows the listener's key is refused; both ends learn which key it was")
  func unlisted() throws {
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: leader.trusting(node))
    var refused: [RefusedPeer] = []
    listener.onRefused = { refused.append($0) }
    let connection = try connect(other.trusting(leader), to: listener.endpoint)
    var refusal: Refusal?
    #expect(
      try eventually([listener, connection]) {
        refusal = try refusal ?? connection.refusal()
        return try listener.receive() != nil || refusal != nil && !refused.isEmpty
      })
    #expect(listener.statistics.received == 0 && refusal == .connection)
    let (own, sentence) = (try other.entry, connection.sentence(on: .connection))
    #expect(refused.first?.address == "127.0.0.1" && refused.first?.key == own.publicKey)
    #expect(sentence.contains("leader at \(listener.endpoint)") && sentence.contains("\"\(own)\""))
    // Nor does a run's key open it.
    let stranger = try self.connection(to: listener.endpoint, with: RunKey())
    #expect(try eventually([listener, stranger]) { try listener.receive() != nil || stranger.refusal() == .listener })
    _ = try connect(node.trusting(leader), to: listener.endpoint)
    #expect(try listener.next().sender == "node")
  }

  @Test("a machine says nothing to a listener whose key it does not list, though that one would let it in")
  func anotherListener() throws {
    let impostor = try Listener(on: Network.tcp.endpoint(), in: context, key: other.trusting(node))
    var refused = 0
    impostor.onRefused = { _ in refused += 1 }
    let connection = try connect(node.trusting(leader), to: impostor.endpoint)
    #expect(
      try eventually([impostor, connection]) { try impostor.receive() != nil || connection.refusal() == .listener })
    #expect(impostor.statistics.received == 0 && refused == 0)
    #expect(connection.sentence(on: .listener) == "\(impostor.endpoint) does not hold the key of leader")
  }

  @Test("one of several listed leaders is found at an address")
  func severalLeaders() throws {
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: leader.trusting(node))
    let connections = try node.trusting(other, leader).credentials.map {
      try connection(to: listener.endpoint, with: $0)
    }
    for connection in connections {
      _ = try connection.send(envelope(.fetch(Fetch(version: 1)), session: connection.session))
    }
    #expect(try listener.next().sender == "node")
    #expect(try eventually([listener] + connections) { try connections[0].refusal() == .listener })
    #expect(try connections[1].refusal() == nil && listener.statistics.received == 1)
  }

  @Test("whoever is no longer listed is refused by the next listener at the address; the others are heard")
  func revoked() throws {
    var first: Listener? = try Listener(on: Network.tcp.endpoint(), in: context, key: leader.trusting(node, other))
    let endpoint = try #require(first?.endpoint)
    let connection = try connect(other.trusting(leader), to: endpoint)
    #expect(try first?.next().sender == "other")
    first = nil
    var second: Listener?
    // A port is released in the background.
    #expect(
      try eventually([connection]) {
        second = try? Listener(on: endpoint, in: context, key: leader.trusting(node))
        return second != nil
      })
    let successor = try #require(second)
    #expect(
      try eventually([connection, successor]) {
        _ = try connection.send(envelope(.fetch(Fetch(version: 2)), session: connection.session))
        return try successor.receive() != nil || connection.refusal() == .connection
      })
    #expect(successor.statistics.received == 0)
    _ = try connect(node.trusting(leader), to: endpoint)
    #expect(try successor.next().sender == "node")
  }

  @Test("listeners of one process have lists of their own")
  func severalLists() throws {
    let listeners = try [node, other].map {
      try Listener(on: Network.tcp.endpoint(), in: context, key: leader.trusting($0))
    }
    for (machine, listener) in zip([node, other], listeners) {
      let connection = try connect(machine.trusting(leader), to: listener.endpoint)
      #expect(try listener.next().sender == machine.name)
      _ = connection
    }
    let connection = try connect(node.trusting(leader), to: listeners[1].endpoint)
    #expect(
      try eventually([connection] + listeners) {
        try listeners[1].receive() != nil || connection.refusal() == .connection
      })
    #expect(listeners[1].statistics.received == 1)
  }
}
