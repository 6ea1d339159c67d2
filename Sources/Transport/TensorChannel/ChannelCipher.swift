import Messages
import OpenSSL
import Parameters
import ZeroMQ

/// Seals and opens the messages of one channel at one of its ends.
final class ChannelCipher {
  enum End { case listener, connection }

  let id: UInt64
  private let outgoing: AES256GCM
  private let incoming: AES256GCM
  private let buffers: SealedBuffers
  private var sent: UInt64 = 0
  private var lastOpened: UInt64 = 0

  init(_ offer: TensorChannelOffer, at end: End, _ buffers: SealedBuffers = SealedBuffers()) {
    id = offer.id
    self.buffers = buffers
    let toListener = AES256GCM(key: SHA256.hash("tare to listener \(offer.secret)".utf8))
    let toConnection = AES256GCM(key: SHA256.hash("tare to connection \(offer.secret)".utf8))
    (outgoing, incoming) = end == .listener ? (toConnection, toListener) : (toListener, toConnection)
  }

  /// The frames of a sealed message.
  struct Sealed: ~Copyable {
    var header: Frame
    var payload: Frame?
  }

  /// The frames of the next message; of an empty one if `message` is `nil`.
  func seal(_ message: Outgoing?) throws(ZeroMQError) -> Sealed {
    let header = message?.header ?? []
    sent += 1
    let head = try Frame(count: TensorChannel.preamble + header.count + AES256GCM.tagByteCount)
    unsafe head.withOwnBytes { bytes in
      unsafe bytes.storeBytes(of: id.littleEndian, toByteOffset: 0, as: UInt64.self)
      unsafe bytes.storeBytes(of: sent.littleEndian, toByteOffset: 8, as: UInt64.self)
      let sealed = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[TensorChannel.preamble...])
      unsafe header.withUnsafeBytes { unsafe outgoing.seal($0, nonce: .init(sent, part: 0), into: sealed) }
    }
    guard let payload = unsafe message?.payload else { return Sealed(header: head, payload: nil) }
    let body = try unsafe buffers.frame(count: payload.count + AES256GCM.tagByteCount) { sealed in
      unsafe outgoing.seal(payload, nonce: .init(sent, part: 1), into: sealed)
    }
    return Sealed(header: head, payload: body)
  }

  /// The header of a message, whose payload is decrypted in place; `nil` if the message is not the other end's, or not newer than
  /// all others.
  func open(_ frames: borrowing EnvelopeSocket.Frames) -> [UInt8]? {
    guard let number = Self.preamble(of: frames.header)?.number, number > lastOpened else { return nil }
    let opened: [UInt8]? = unsafe frames.header.withOwnBytes { bytes in
      let sealed = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[TensorChannel.preamble...])
      guard let count = unsafe incoming.open(sealed, nonce: .init(number, part: 0)) else { return nil }
      return unsafe Array(sealed[..<count])
    }
    guard let opened else { return nil }
    if frames.payloadByteCount != nil {
      let isAuthentic = unsafe frames.payload.withOwnBytes {
        unsafe incoming.open($0, nonce: .init(number, part: 1)) != nil
      }
      guard isAuthentic else { return nil }
    }
    lastOpened = number
    return opened
  }

  static func preamble(of header: borrowing Frame) -> (id: UInt64, number: UInt64)? {
    unsafe header.withBytes { bytes in
      guard bytes.count >= TensorChannel.preamble else { return nil }
      return unsafe (
        UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }
}
