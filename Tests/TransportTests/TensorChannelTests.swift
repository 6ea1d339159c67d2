import Foundation
import Messages
import OpenSSL
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

/// The second connection for large tensors. One end is `HandMadeChannel`, which follows the documented format only.
@Suite("Tensor channel") struct TensorChannelTests {
  private let context: Context
  private let listener: Listener
  private let tensor = Buffer<Float>((0..<10_000).map { Float($0) / 3 + 1 })
  private let message = weights(Float.self, count: 10_000)

  init() throws {
    context = try Context()
    listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key, limits: SocketLimits(payload: 1 << 20))
  }

  private var bytes: [UInt8] { bytes(of: tensor) }

  private func bytes(of tensor: Buffer<Float>) -> [UInt8] {
    tensor.values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
  }

  @Test("a message that was sealed by hand arrives as its peer's, and the reply can be opened by hand")
  func format() throws {
    let channel = try HandMadeChannel(to: listener, in: context)
    try channel.send(try message.encoded(), bytes)
    let received = try listener.next()
    #expect(received.peer == channel.peer && received.envelope == message)
    #expect(received.payload?.bytes == bytes)
    #expect(try received.payload?.buffer(of: Float.self).values == tensor.values)
    #expect(try listener.send(message, payload: tensor, to: received.peer))
    let reply = try channel.receive()
    #expect(try reply.header == message.encoded() && reply.payload == bytes)
  }

  @Test("threads seal a message for several peers, each of which can open it")
  func several() throws {
    let tensor = Buffer<Float>((0..<100_000).map { Float($0) / 3 + 1 })
    let (message, expected) = (weights(Float.self, count: tensor.count), bytes(of: tensor))
    let channels = try (0..<5).map { _ in try HandMadeChannel(to: listener, in: context) }
    for channel in channels {
      try channel.send(try self.message.encoded(), bytes)
      #expect(try listener.next().peer == channel.peer)
    }
    // It has no channel: it is sent the message over the first connection.
    let connection = try Connection(
      to: listener.endpoint, in: context, key: key, limits: SocketLimits(payload: 1 << 20))
    #expect(try connection.send(envelope(.fetch(Fetch(version: 3)))))
    let other = try listener.next().peer
    for threads in [2, 3, 1] {
      try listener.send(
        message, payload: tensor, to: [other] + channels.map(\.peer), on: Threads(threads))
      let isExpected = try connection.next().payload?.bytes == expected
      #expect(isExpected)
      for channel in channels {
        let received = try channel.receive()
        #expect(try received.header == message.encoded())
        let isExpected = received.payload == expected
        #expect(isExpected)
      }
    }
  }

  @Test("both ends use it from the second large tensor on, and small messages stay where they are")
  func used() throws {
    guard case .tcp(_, let port) = listener.endpoint.kind else { throw Late() }
    // It sees the first connection only.
    let eavesdropper = try Eavesdropper(of: port)
    let connection = try Connection(
      to: Endpoint(.tcp(host: "127.0.0.1", port: eavesdropper.port)), in: context, key: key,
      limits: SocketLimits(payload: 1 << 20))
    #expect(try connection.send(message, payload: tensor))
    let peer = try listener.next().peer
    #expect(eavesdropper.everything.count > bytes.count)
    // The channel is open once a tensor no longer comes this way.
    let isOpened = try eventually([listener, connection]) {
      while try connection.receive() != nil {}
      let before = eavesdropper.everything.count
      #expect(try connection.send(message, payload: tensor))
      #expect(try exchanged(connection).payload?.bytes == bytes)
      return eavesdropper.everything.count == before
    }
    #expect(isOpened)
    let before = eavesdropper.everything.count
    for _ in 0..<10 {
      #expect(try connection.send(message, payload: tensor))
      let received = try exchanged(connection)
      #expect(received.peer == peer && received.payload?.bytes == bytes)
      #expect(try listener.send(message, payload: tensor, to: peer))
      #expect(try connection.next().payload?.bytes == bytes)
    }
    #expect(eavesdropper.everything.count == before)
    #expect(try connection.send(envelope(.fetch(Fetch(version: 3)))))
    #expect(try listener.next().envelope.message == .fetch(Fetch(version: 3)))
    #expect(eavesdropper.everything.count > before)
  }

  /// The next message at the listener, while the connection, too, does its part.
  private func exchanged(_ connection: Connection) throws -> Received {
    var result: Received?
    #expect(
      try eventually([listener, connection]) {
        _ = try connection.receive()
        result = try listener.receive()
        return result != nil
      })
    return try #require(result)
  }

  @Test("replays, forgeries, mixtures and strangers are dropped, and the peer goes on")
  func attacks() throws {
    let channel = try HandMadeChannel(to: listener, in: context)
    let other = try HandMadeChannel(to: listener, in: context)
    let header = try message.encoded()
    func expectDropped(_ what: Comment, _ frames: [[UInt8]]) throws {
      let (before, received) = (listener.statistics.malformed, listener.statistics.received)
      try channel.sendRaw(frames)
      #expect(
        try eventually([listener]) { try listener.receive() != nil || listener.statistics.malformed > before }, what)
      #expect(listener.statistics.received == received, what)
    }
    let first = channel.sealed(header, bytes)
    try channel.sendRaw(first)
    #expect(try listener.next().payload?.bytes == bytes)
    try expectDropped("a replay", first)
    let second = channel.sealed(header, bytes)
    for index in [0, 8, 16, second[0].count - 1] {
      var forged = second
      forged[0][index] ^= 1
      try expectDropped("byte \(index) of the header", forged)
    }
    for index in [0, bytes.count - 1, bytes.count, bytes.count + 15] {
      var forged = second
      forged[1][index] ^= 1
      try expectDropped("byte \(index) of the payload", forged)
    }
    let third = channel.sealed(header, bytes)
    try expectDropped("the payload of another message", [third[0], second[1]])
    try expectDropped("a channel of another peer", other.sealed(header, bytes, id: channel.offer.id))
    try expectDropped("what was sent the other way", channel.sealed(header, bytes, with: channel.fromListener))
    try expectDropped("no payload", [third[0]])
    try expectDropped("noise", [[1, 2, 3]])
    let small = try envelope(.fetch(Fetch(version: 1))).encoded()
    try expectDropped("a message without a tensor, of whose sender nothing is known here", [channel.sealed(small)])
    // The last of these had the third header's number, whose header was authentic: the next one is newer.
    try channel.send(header, bytes)
    #expect(try listener.next().payload?.bytes == bytes)
  }

  @Test("a channel stays until the one that was offered in its place is used: the offer may be lost")
  func lostOffer() throws {
    let channel = try HandMadeChannel(to: listener, in: context)
    _ = try channel.askAgain(listener)
    for _ in 0..<3 {
      try channel.send(try message.encoded(), bytes)
      let received = try listener.next()
      #expect(received.peer == channel.peer && received.payload?.bytes == bytes)
      #expect(try listener.send(message, payload: tensor, to: received.peer))
      #expect(try channel.receive().payload == bytes)
    }
  }

  @Test("who asks again before using an offer gets the same one, and another one afterwards")
  func sameOffer() throws {
    let channel = try HandMadeChannel(to: listener, in: context)
    let offer = try channel.askAgain(listener)
    #expect(try offer.id != channel.offer.id && channel.askAgain(listener) == offer)
  }

  @Test("an offer that comes twice is taken once, and no message is dropped")
  func offeredTwice() throws {
    let connection = try Connection(
      to: listener.endpoint, in: context, key: key, limits: SocketLimits(payload: 1 << 20))
    // The first one asks by itself.
    for _ in 0..<20 {
      #expect(try connection.send(message, payload: tensor))
      #expect(try connection.send(envelope(.tensorChannelRequest)))
      #expect(try exchanged(connection).payload?.bytes == bytes)
    }
    #expect(listener.statistics.malformed == 0 && connection.statistics.malformed == 0)
  }

  @Test("who does not know the port's password is cut off")
  func password() throws {
    let channel = try HandMadeChannel(to: listener, in: context)
    for words in [ZMTP.null, ZMTP.plain(password: String(repeating: "0", count: 32))] {
      let stranger = try RawClient(port: channel.offer.port)
      stranger.send(words + ZMTP.frame(channel.sealed(try message.encoded(), bytes)[0], more: false))
      #expect(stranger.receiveAll() != nil, "it is still connected")
    }
    #expect(try listener.receive() == nil)
  }

  @Test("who records the channel finds neither weights, nor headers, nor its secret")
  func secrecy() throws {
    let channel = try HandMadeChannel(to: listener, in: context, isRecorded: true)
    try channel.send(try message.encoded(), bytes)
    let peer = try listener.next().peer
    #expect(try listener.send(message, payload: tensor, to: peer))
    _ = try channel.receive()
    let record = Data(try #require(channel.eavesdropper).everything)
    #expect(record.count > 2 * bytes.count)
    #expect(record.range(of: Data(bytes.prefix(16))) == nil, "the weights")
    #expect(record.range(of: Data(try message.encoded().prefix(8))) == nil, "the header")
    #expect(record.range(of: Data(channel.offer.secret.utf8)) == nil, "the secret")
    // The search finds what is there.
    #expect(record.range(of: Data(channel.offer.password.utf8)) != nil)
  }

  @Test("tensors take the first connection where nobody answers at the channel's port")
  func unreachable() throws {
    let fake = try Socket(.router, in: context)
    try fake.set(key.demanded(on: Network.tcp.endpoint()))
    let endpoint = try fake.bind(to: Network.tcp.endpoint())
    let connection = try Connection(to: endpoint, in: context, key: key)
    // A port at which nobody listens any more.
    let closed = try Listener(on: Network.tcp.endpoint(), in: Context(), key: key).endpoint
    guard case .tcp(_, let port) = closed.kind else { throw Late() }
    let offer = TensorChannelOffer(port: port, password: "p", id: 1, secret: "s")
    var tensors = 0
    for _ in 0..<5 {
      #expect(try connection.send(message, payload: tensor))
      while let frames = try fake.nextMessage(within: .eventDeadline) {
        // What has no tensor asks for a channel.
        if frames.count == 3 {
          #expect(frames[2] == bytes)
          tensors += 1
          break
        }
        _ = try fake.send(Frame(copying: frames[0]), more: true)
        _ = try fake.send(Frame(copying: envelope(.tensorChannelOffer(offer)).encoded()))
      }
      #expect(try connection.receive() == nil)
    }
    #expect(tensors == 5)
  }

  @Test("a listener that takes another's place at the same address gets tensors")
  func successor() throws {
    let limits = SocketLimits(payload: 1 << 20)
    var first: Listener? = try Listener(on: Network.tcp.endpoint(), in: context, key: key, limits: limits)
    let endpoint = try #require(first?.endpoint)
    let connection = try Connection(to: endpoint, in: context, key: key, limits: limits)
    func expectTensors(at listener: Listener, count: Int) throws {
      var arrived = 0
      let isDone = try eventually([listener, connection]) {
        _ = try connection.receive()
        // As a member does: what gets no answer is sent again.
        if arrived < count { _ = try connection.send(message, payload: tensor) }
        while let received = try listener.receive() {
          #expect(received.payload?.bytes == bytes)
          arrived += 1
        }
        return arrived >= count
      }
      #expect(isDone)
    }
    try expectTensors(at: try #require(first), count: 20)
    first = nil
    var second: Listener?
    // A port is released in the background.
    #expect(
      try eventually([connection]) {
        second = try? Listener(on: endpoint, in: context, key: key, limits: limits)
        return second != nil
      })
    try expectTensors(at: try #require(second), count: 20)
  }
}
