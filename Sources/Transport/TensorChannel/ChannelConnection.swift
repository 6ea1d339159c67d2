import Messages
import Parameters
import ZeroMQ

/// The connection's end of its tensor channel.
final class ChannelConnection {
  let link: EnvelopeSocket
  /// Whether the listener has answered.
  private(set) var isOpen = false

  /// Of the channel.
  var id: UInt64 { cipher.id }

  private let endpoint: Endpoint
  private let cipher: ChannelCipher

  /// - Parameter endpoint: the listener's, over which the offer came.
  init(
    _ offer: TensorChannelOffer, beside endpoint: Endpoint, in context: Context, session: UInt64, limits: SocketLimits
  ) throws(ZeroMQError) {
    guard let own = endpoint.with(port: offer.port) else { preconditionFailure("channels are TCP connections") }
    self.endpoint = own
    cipher = ChannelCipher(offer, at: .connection)
    link = try EnvelopeSocket(
      .dealer, to: own, in: context, access: .presentedKey(offer.password), session: session, limits: limits)
    // What could not be sent takes the first connection.
    try link.socket.set(.sendsOnlyIfConnected(true))
    try link.socket.connect(to: own)
  }

  func reconnect() throws(ZeroMQError) {
    isOpen = false
    try link.socket.disconnect(from: endpoint)
    try link.socket.connect(to: endpoint)
  }

  /// Tells the listener where to answer.
  func announce() throws(ZeroMQError) { _ = try link.send(cipher.seal(nil), to: .counterpart) }

  /// The next message; `nil` if none is available.
  func next() throws(ZeroMQError) -> EnvelopeSocket.Arrival? {
    while let frames = try link.nextFrames(routed: false) {
      guard let header = cipher.open(frames) else {
        return link.drop(.malformed("the message is not sealed for this channel"), from: .counterpart)
      }
      isOpen = true
      if !header.isEmpty { return link.arrival(opened: frames, header: header, from: .counterpart) }
    }
    return nil
  }

  /// - Returns: false if the channel is not connected, or its queue is full.
  func send(_ message: Outgoing) throws(ZeroMQError) -> Bool {
    guard isOpen else { return false }
    return try link.send(cipher.seal(message), to: .counterpart)
  }
}
