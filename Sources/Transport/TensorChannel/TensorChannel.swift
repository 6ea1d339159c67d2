import Messages
import OpenSSL
import Parameters

/// Large tensors between hosts take a second connection. CURVE, which encrypts the first one, has no hardware to help it and costs
/// a conv4 step a seventh of its time; AES-GCM seals at several GB/s.
///
/// The connection asks for the channel over CURVE (`TensorChannelRequest`), and learns port and secret the same way
/// (`TensorChannelOffer`). What travels on the channel, in either direction, is one message as
///
/// - frame 0: id of the channel (8 bytes, little-endian), number of the message in its direction (8 bytes, little-endian), and
///   the sealed header;
/// - frame 1, absent if the header is empty: the sealed payload.
///
/// Both are sealed with AES-256-GCM; the nonce is the message's number and the frame's. Numbers increase: what is not newer than
/// what was last opened is a replay, and dropped.
///
/// A message with an empty header says that its sender can be reached here. The connection sends it until it is answered with
/// the like. Messages take the first connection until then, and whenever the channel is broken; so they may overtake each other.
enum TensorChannel {
  /// Shorter payloads stay on the first connection.
  static let leastPayload = 16 << 10

  /// Bytes before the sealed header.
  static let preamble = 16

  /// Whether a tensor is worth the channel, and fits it.
  static func takes(_ tensor: TensorHeader?) -> Bool {
    guard let tensor else { return false }
    return (leastPayload...AES256GCM.maximumByteCount).contains(tensor.byteCount)
  }
}
