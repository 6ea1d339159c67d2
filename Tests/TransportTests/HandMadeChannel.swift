import Foundation
import Messages
import OpenSSL
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

/// The connection's end of a tensor channel, written after its description.
final class HandMadeChannel {
  let offer: TensorChannelOffer
  let toListener: AES256GCM
  let fromListener: AES256GCM
  /// As the listener calls it.
  let peer: Peer
  let eavesdropper: Eavesdropper?
  private let socket: Socket
  /// Stays open.
  private let first: Socket
  private var number: UInt64 = 0

  /// Asks `listener` for a channel and opens it.
  init(to listener: Listener, in context: Context, isRecorded: Bool = false) throws {
    let identity = (0..<16).map { _ in UInt8.random(in: 2...255) }
    peer = Peer(identity: identity)
    let first = try Socket(.dealer, in: context)
    try first.set(key.presented(to: listener.endpoint))
    try first.set(.routingID(identity))
    try first.connect(to: listener.endpoint)
    _ = try first.send(Frame(copying: envelope(.tensorChannelRequest).encoded()))
    let offer = try Self.offer(try #require(try first.nextMessage(while: listener)?.first))
    self.first = first
    self.offer = offer
    toListener = AES256GCM(key: SHA256.hash(Array("tare to listener \(offer.secret)".utf8)))
    fromListener = AES256GCM(key: SHA256.hash(Array("tare to connection \(offer.secret)".utf8)))
    eavesdropper = isRecorded ? try Eavesdropper(of: offer.port) : nil
    socket = try Socket(.dealer, in: context)
    try socket.set(.presentedKey(offer.password))
    try socket.connect(to: Endpoint(.tcp(host: "127.0.0.1", port: eavesdropper?.port ?? offer.port)))
    // An empty message; the answer is empty, too.
    try sendRaw([sealed([])])
    #expect(try socket.nextMessage(while: listener)?.count == 1)
  }

  /// Asks for another channel.
  func askAgain(_ listener: Listener) throws -> TensorChannelOffer {
    _ = try first.send(Frame(copying: envelope(.tensorChannelRequest).encoded()))
    return try Self.offer(try #require(try first.nextMessage(while: listener)?.first))
  }

  private static func offer(_ reply: [UInt8]) throws -> TensorChannelOffer {
    let answer = try Envelope(decoding: unsafe reply.span.bytes, payloadByteCount: nil, session: session)
    guard case .tensorChannelOffer(let offer) = answer.message else { throw Late() }
    return offer
  }

  func send(_ header: [UInt8], _ payload: [UInt8]) throws { try sendRaw(sealed(header, payload)) }

  func sendRaw(_ frames: [[UInt8]]) throws {
    for (index, frame) in frames.enumerated() {
      #expect(try socket.send(Frame(copying: frame), more: index < frames.count - 1))
    }
  }

  /// The frames of the next message.
  func sealed(_ header: [UInt8], _ payload: [UInt8], with cipher: AES256GCM? = nil, id: UInt64? = nil) -> [[UInt8]] {
    let head = sealed(header, with: cipher, id: id)
    return [head, (cipher ?? toListener).seal(payload, .init(number, part: 1))]
  }

  func sealed(_ header: [UInt8], with cipher: AES256GCM? = nil, id: UInt64? = nil) -> [UInt8] {
    number += 1
    return Self.little(id ?? offer.id) + Self.little(number)
      + (cipher ?? toListener).seal(header, .init(number, part: 0))
  }

  func receive() throws -> (header: [UInt8], payload: [UInt8]) {
    let frames = try #require(try socket.nextMessage(within: .eventDeadline))
    try #require(frames.count == 2)
    #expect(Array(frames[0][..<8]) == Self.little(offer.id))
    let number = frames[0][8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (
      try #require(fromListener.open(Array(frames[0][16...]), .init(number, part: 0))),
      try #require(fromListener.open(frames[1], .init(number, part: 1)))
    )
  }

  private static func little(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

extension Socket {
  /// The frames of the next message, while `listener` does its part; `nil` after the deadline.
  func nextMessage(while listener: Listener) throws -> [[UInt8]]? {
    let deadline = ContinuousClock.now + .eventDeadline
    while ContinuousClock.now < deadline {
      _ = try listener.receive()
      if let message = try nextMessage(within: .milliseconds(5)) { return message }
    }
    return nil
  }

  /// The frames of the next message; `nil` after the deadline.
  func nextMessage(within deadline: Duration) throws -> [[UInt8]]? {
    guard try Poller.wait(for: [pollItem], timeout: deadline) == [0] else { return nil }
    var frames: [[UInt8]] = []
    while let frame = try receive() {
      frames.append(frame.bytes)
      if !frame.hasMore { return frames }
    }
    return nil
  }
}
