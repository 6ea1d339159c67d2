import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

/// The other end of a listener's connection, with every message made by hand.
final class HandMadePeer {
  let peer: Peer
  private let socket: Socket

  init(of listener: Listener, in context: Context) throws {
    let identity = (0..<16).map { _ in UInt8.random(in: 2...255) }
    peer = Peer(identity: identity)
    let socket = try Socket(.dealer, in: context)
    try socket.set(key.presented(to: listener.endpoint))
    try socket.set(.routingID(identity))
    try socket.connect(to: listener.endpoint)
    self.socket = socket
    try say(.fetch(Fetch(version: 1)))
    #expect(try listener.next().peer == peer)
  }

  func say(_ message: Message) throws { try say(envelope(message)) }

  func say(_ envelope: Envelope) throws { try sendRaw([envelope.encoded()]) }

  func sendRaw(_ frames: [[UInt8]]) throws {
    for (index, frame) in frames.enumerated() {
      #expect(try socket.send(Frame(copying: frame), more: index < frames.count - 1))
    }
  }

  func frames() throws -> [[UInt8]] { try #require(try socket.nextMessage(within: .eventDeadline)) }

  /// The next message without a payload, while `listener` does its part.
  func heard(while listener: Listener) throws -> Message {
    try Self.decoded(try #require(try socket.nextMessage(while: listener)?.first)).message
  }

  /// What the listener offers next.
  func offer(of listener: Listener) throws -> SharedMemoryOffer {
    while true {
      if case .sharedMemoryOffer(let offer) = try heard(while: listener) { return offer }
    }
  }

  /// Where the next tensor lies that does not come over the socket.
  func place() throws -> SharedTensor? {
    while let frames = try socket.nextMessage(within: .eventDeadline) {
      if frames.count == 1, let place = try Self.decoded(frames[0]).sharedTensor { return place }
    }
    return nil
  }

  private static func decoded(_ header: [UInt8]) throws -> Envelope {
    try Envelope(decoding: unsafe header.span.bytes, payloadByteCount: nil, session: session)
  }
}
