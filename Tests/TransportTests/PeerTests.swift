import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

@Suite struct PeerTests {
  private let context: Context

  init() throws { context = try Context() }

  @Test(arguments: Network.allCases) func answersReachWhoAsked(network: Network) throws {
    let listener = try Listener(on: network.endpoint(), in: context, key: key)
    let connections = try (0..<3).map { _ in
      try Connection(to: listener.endpoint, in: context, key: key)
    }
    for (index, connection) in connections.enumerated() {
      #expect(try connection.send(envelope(.pull(Pull(version: index)))))
    }
    var peers: Set<Peer> = []
    for _ in connections {
      let asked = try listener.next()
      guard case .pull(let pull) = asked.envelope.message else { throw Late() }
      #expect(try listener.send(envelope(.fetch(Fetch(version: pull.version))), to: asked.peer))
      peers.insert(asked.peer)
    }
    #expect(peers.count == 3)
    for (index, connection) in connections.enumerated() {
      #expect(try connection.next().envelope.message == .fetch(Fetch(version: index)))
    }
    #expect(listener.statistics.received == 3)
    #expect(listener.statistics.sent == 3)
  }

  @Test(arguments: Network.allCases) func sendingToNobodyReturnsFalse(network: Network) throws {
    let listener = try Listener(on: network.endpoint(), in: context, key: key)
    let message = envelope(.fetch(Fetch(version: 1)))
    #expect(try !listener.send(message, to: Peer(identity: [1, 2, 3])))

    var connection: Connection? = try Connection(to: listener.endpoint, in: context, key: key)
    _ = try connection?.send(message)
    let peer = try listener.next().peer
    #expect(try listener.send(message, to: peer))
    connection = nil
    #expect(try eventually([listener]) { try !listener.send(message, to: peer) })
    #expect(listener.statistics.unsent == 2)
  }

  @Test func aFullQueueReturnsFalse() throws {
    let limits = SocketLimits(highWaterMark: 4)
    let listener = try Listener(on: Network.inproc.endpoint(), in: context, key: key, limits: limits)
    let connection = try Connection(to: listener.endpoint, in: context, key: key, limits: limits)
    let message = envelope(.fetch(Fetch(version: 1)))
    _ = try connection.send(message)
    let peer = try listener.next().peer
    // Within a process, a pipe holds the sum of both high-water marks. A message that has been read may still count.
    #expect(try (0..<20).count { _ in try listener.send(message, to: peer) } == 8)
    #expect(try 7...8 ~= (0..<20).count { _ in try connection.send(message) })
  }

  @Test func aConnectionIsTheSamePeerAfterItsListenerCameBack() throws {
    let endpoint = try Network.ipc.endpoint()
    let connection = try Connection(to: endpoint, in: context, key: key)
    _ = try connection.send(envelope(.heartbeat(Heartbeat(progress: 1))))
    let peer = try Listener(on: endpoint, in: context, key: key).next().peer
    let successor = try Listener(on: endpoint, in: context, key: key)
    var again: Peer?
    // Messages sent before the break is noticed are lost.
    let isBack = try eventually([successor]) {
      _ = try connection.send(envelope(.heartbeat(Heartbeat(progress: 2))))
      again = try successor.receive()?.peer
      return again != nil
    }
    #expect(isBack)
    #expect(again == peer)
  }

  /// A connection that broke unnoticed reconnects under its identity while the listener still holds the old one.
  @Test func aPeerThatConnectsAgainReplacesItself() throws {
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    let old = try Socket(.dealer, in: context)
    let new = try Socket(.dealer, in: context)
    try old.set(key.presented(to: listener.endpoint))
    try new.set(key.presented(to: listener.endpoint))
    let heartbeat = try envelope(.heartbeat(Heartbeat(progress: 1))).encoded()
    try old.set(.routingID([1, 2, 3]))
    try old.connect(to: listener.endpoint)
    #expect(try old.send(Frame(copying: heartbeat)))
    #expect(try listener.next().peer == Peer(identity: [1, 2, 3]))
    try new.set(.routingID([1, 2, 3]))
    try new.connect(to: listener.endpoint)
    #expect(try new.send(Frame(copying: heartbeat)))
    let peer = try listener.next().peer
    #expect(peer == Peer(identity: [1, 2, 3]))
    #expect(try listener.send(envelope(.fetch(Fetch(version: 5))), to: peer))
    #expect(try Poller.wait(for: [new.pollItem], timeout: .eventDeadline) == [0])
    #expect(try old.receive() == nil)
  }
}
