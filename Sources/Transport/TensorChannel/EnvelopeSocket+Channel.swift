import Messages
import OpenSSL
import Parameters
import ZeroMQ

extension EnvelopeSocket {
  /// The message in opened frames.
  ///
  /// - Parameter peer: whose channel it is.
  func arrival(opened frames: consuming Frames, header: [UInt8], from peer: Peer) -> Arrival {
    frames.peer = peer
    let count = frames.payloadByteCount.map { $0 - AES256GCM.tagByteCount }
    var decoded = decode(unsafe header.span.bytes, payloadByteCount: count)
    // Everything else comes over CURVE, which knows the sender.
    if case .success(let envelope) = decoded, !TensorChannel.takes(envelope.message.tensor) {
      decoded = .failure(.malformed("the message may not come this way"))
    }
    return arrival(of: frames, decoded)
  }

  func send(_ sealed: consuming ChannelCipher.Sealed, to peer: Peer) throws(ZeroMQError) -> Bool {
    try send(sealed.header, sealed.payload, to: peer)
  }
}
