import Foundation
import Messages
import OpenSSL
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

/// Whoever lacks the key, holds half of it, held it once, or has listened, on encrypted connections.
@Suite("Security") struct SecurityTests {
  private let context: Context
  private let listener: Listener
  private let port: UInt16

  init() throws {
    context = try Context()
    listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    guard case .tcp(_, let port) = listener.endpoint.kind else { throw Late() }
    self.port = port
  }

  /// What the key is for: SHA-256 of a label and its bytes, computed here anew.
  private static func secret(_ use: String) -> [UInt8] { SHA256.hash(Array("tare \(use)".utf8) + [0] + keyBytes) }

  private static let keyBytes: [UInt8] = stride(from: 0, to: 32, by: 2).compactMap {
    UInt8(key.text.dropFirst($0).prefix(2), radix: 16)
  }

  private static func random() -> [UInt8] { (0..<32).map { _ in .random(in: 0...255) } }

  /// A member is heard, whatever was before.
  private func expectOpen(after count: Int = 0) throws {
    let member = try Connection(to: listener.endpoint, in: context, key: key)
    #expect(try member.send(envelope(.fetch(Fetch(version: 7)))))
    #expect(try listener.next().envelope.message == .fetch(Fetch(version: 7)))
    #expect(listener.statistics.received == count + 1)
  }

  @Test("who knows the listener's key and has none of its own is refused by the authenticator")
  func anotherConnectionKey() throws {
    var refusals = 0
    listener.onWrongKey = { refusals += 1 }
    let doorkeeper = try CurveKeyPair(secret: Self.secret("curve listener")).publicKey
    let right = try CurveKeyPair(secret: Self.secret("curve connection"))
    let wrong = try CurveKeyPair(secret: Self.random())
    let stranger = try Socket(.dealer, in: context)
    try stranger.set(.linger(0))
    try stranger.set(.presentedKeys(wrong, listener: doorkeeper))
    try stranger.connect(to: listener.endpoint)
    _ = try stranger.send(Frame(copying: envelope(.fetch(Fetch(version: 1))).encoded()))
    #expect(try eventually([listener]) { try listener.receive() != nil || refusals > 0 })
    #expect(refusals > 0 && listener.statistics.received == 0, "\(listener.statistics)")
    // The derivation above is the right one.
    let member = try Socket(.dealer, in: context)
    try member.set(.presentedKeys(right, listener: doorkeeper))
    try member.connect(to: listener.endpoint)
    _ = try member.send(Frame(copying: envelope(.fetch(Fetch(version: 2))).encoded()))
    #expect(try listener.next().envelope.message == .fetch(Fetch(version: 2)))
  }

  @Test("a listener that only knows whom to let in hears nothing, and the connection says so")
  func anotherListenerKey() throws {
    let admitted = try CurveKeyPair(secret: Self.secret("curve connection")).publicKey
    let impostor = try Socket(.router, in: context)
    try impostor.set(.demandedKeys(CurveKeyPair(secret: Self.random()), admitted: [admitted: ""]))
    let endpoint = try impostor.bind(to: Network.tcp.endpoint())
    let connection = try Connection(to: endpoint, in: context, key: key, noticesRefusal: true)
    _ = try connection.send(envelope(.fetch(Fetch(version: 1))))
    #expect(try eventually([connection]) { try connection.refusal() == .listener })
    #expect(try impostor.receive() == nil)
  }

  @Test("a refused connection that is let go does not stop the others of its process")
  func letGo() throws {
    let process = try Context()
    let member = try Connection(to: listener.endpoint, in: process, key: key)
    let (wrong, limits) = (RunKey(), SocketLimits(linger: .seconds(5)))
    var stranger: Connection? = try Connection(
      to: listener.endpoint, in: process, key: wrong, limits: limits, noticesRefusal: true)
    _ = try stranger?.send(envelope(.fetch(Fetch(version: 1)), session: wrong.session))
    for _ in 0..<2 {
      let before = listener.statistics.failedHandshakes
      #expect(
        try eventually([listener, member]) {
          try listener.receive() != nil || listener.statistics.failedHandshakes > before
        })
      // It lingers with what it could not send, and tries on.
      stranger = nil
    }
    #expect(stranger == nil)
    #expect(try member.send(envelope(.fetch(Fetch(version: 2)))))
    let asked = try listener.next()
    #expect(try listener.send(asked.envelope, to: asked.peer))
    #expect(try member.next().envelope.message == .fetch(Fetch(version: 2)))
  }

  @Test("plain peers, with and without the password of local sockets, are cut off")
  func plainPeers() throws {
    let password = Self.secret("password").map { String(format: "%02x", Int($0)) }.joined()
    for words in [ZMTP.null, ZMTP.plain(password: password)] {
      let peer = try RawClient(port: port)
      peer.send(words + ZMTP.frame(try envelope(.fetch(Fetch(version: 1))).encoded(), more: false))
      #expect(peer.receiveAll() != nil, "it is still connected")
    }
    #expect(try eventually([listener]) { try listener.receive() != nil || listener.statistics.failedHandshakes >= 2 })
    #expect(listener.statistics.received == 0, "\(listener.statistics)")
    try expectOpen()
  }

  @Test("the key of an earlier run opens nothing at the same address, and its holder learns that")
  func revokedKey() throws {
    let earlier = RunKey()
    var first: Listener? = try Listener(on: Network.tcp.endpoint(), in: context, key: earlier)
    let endpoint = try #require(first?.endpoint)
    let member = try Connection(to: endpoint, in: context, key: earlier, noticesRefusal: true)
    _ = try member.send(envelope(.fetch(Fetch(version: 1)), session: earlier.session))
    #expect(try first?.next().envelope.message == .fetch(Fetch(version: 1)))
    first = nil
    var second: Listener?
    // A port is released in the background.
    #expect(
      try eventually([member]) {
        second = try? Listener(on: endpoint, in: context, key: key)
        return second != nil
      })
    let successor = try #require(second)
    var refusals = 0
    successor.onWrongKey = { refusals += 1 }
    #expect(
      try eventually([member, successor]) {
        _ = try member.send(envelope(.fetch(Fetch(version: 2)), session: earlier.session))
        return try successor.receive() != nil || member.refusal() != nil && refusals > 0
      })
    #expect(successor.statistics.received == 0, "\(successor.statistics)")
  }

  @Test("what was recorded opens no connection when it is played again, and no message counts twice")
  func replay() throws {
    let eavesdropper = try Eavesdropper(of: port)
    let connection = try Connection(
      to: Endpoint(.tcp(host: "127.0.0.1", port: eavesdropper.port)), in: context, key: key)
    var lengths: [Int] = []
    for version in 0..<5 {
      #expect(try connection.send(envelope(.fetch(Fetch(version: version)))))
      #expect(try listener.next().envelope.message == .fetch(Fetch(version: version)))
      lengths.append(eavesdropper.sessions[0].there.count)
    }
    let record = eavesdropper.sessions[0].there
    #expect(record.count == lengths[4] && lengths[4] > lengths[3])
    for _ in 0..<3 {
      let player = try RawClient(port: port)
      player.send(record)
      #expect(player.receiveAll() != nil, "it is still connected")
    }
    // Within the connection that it was recorded from, too: the last message again.
    _ = try listener.receive()
    let failures = listener.statistics.failedHandshakes
    eavesdropper.inject(Array(record[lengths[3]...]), into: 0)
    // libzmq reports it and ends the connection, or (4.3.4) reports it and reads no more from it: the report may overwrite the
    // errno that says which.
    #expect(
      try eventually([listener, connection]) {
        _ = try listener.receive()
        return listener.statistics.failedHandshakes > failures
      })
    #expect(listener.statistics.received == 5, "\(listener.statistics)")
    try expectOpen(after: 5)
  }

  @Test("a record of all bytes holds neither the key, nor what is derived from it, nor weights")
  func secrecy() throws {
    let weights = Buffer<Float>((0..<1000).map { Float($0) / 3 + 1 })
    let bytes = weights.values.prefix(16).flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
    let secrets: [(String, [UInt8])] =
      [
        ("the weights", bytes), ("the key's text", Array(key.text.utf8)), ("the key", Self.keyBytes),
        ("the session", (0..<8).map { UInt8(truncatingIfNeeded: key.session >> (8 * $0)) }),
      ] + ["password", "curve listener", "curve connection"].map { ($0, Self.secret($0)) }

    let eavesdropper = try Eavesdropper(of: port)
    let connection = try Connection(
      to: Endpoint(.tcp(host: "127.0.0.1", port: eavesdropper.port)), in: context, key: key)
    let message = TransportTests.weights(Float.self, count: 1000)
    #expect(try connection.send(message, payload: weights))
    let asked = try listener.next()
    #expect(try listener.send(message, payload: weights, to: asked.peer))
    _ = try connection.next()
    let record = eavesdropper.everything
    #expect(record.count > 8000)
    for (name, secret) in secrets { #expect(!Self.holds(record, secret), "\(name) can be read") }

    // The search finds what is there: the same over sockets without keys.
    let open = try Socket(.router, in: context)
    guard case .tcp(_, let openPort) = try open.bind(to: Network.tcp.endpoint()).kind else { throw Late() }
    let witness = try Eavesdropper(of: openPort)
    let plain = try Socket(.dealer, in: context)
    try plain.connect(to: Endpoint(.tcp(host: "127.0.0.1", port: witness.port)))
    for (_, secret) in secrets { _ = try plain.send(Frame(copying: secret)) }
    #expect(
      try eventually([listener]) { secrets.allSatisfy { Self.holds(witness.everything, $0.1) } })
  }

  private static func holds(_ record: [UInt8], _ secret: [UInt8]) -> Bool {
    Data(record).range(of: Data(secret)) != nil
  }

  @Test("where the authenticator can't start, nothing listens", arguments: [Network.tcp, .ipc])
  func noAuthenticator(network: Network) throws {
    let context = try Context()
    // libzmq asks whoever is at this address; there can be one.
    let occupant = try Socket(.router, in: context)
    _ = try occupant.bind(to: Endpoint("inproc://zeromq.zap.01"))
    let endpoint = try network.endpoint()
    #expect(throws: ZeroMQError.self) { try Listener(on: endpoint, in: context, key: key) }
  }
}
