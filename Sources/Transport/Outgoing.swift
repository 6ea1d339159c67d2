import Messages
import Parameters

/// A message with a tensor that is to be sent.
@safe struct Outgoing {
  let header: [UInt8]
  let payload: UnsafeRawBufferPointer
  /// Keeps the payload alive and unchanged.
  let owner: any AnyObject & Sendable

  init<Scalar: KernelScalar>(
    _ envelope: Envelope, payload buffer: Buffer<Scalar>, range: Range<Int>
  ) throws(TransportError) {
    Self.check(envelope, buffer, range)
    do { header = try envelope.encoded() } catch { throw .message(error) }
    let stride = MemoryLayout<Scalar>.stride
    unsafe payload = UnsafeRawBufferPointer(
      rebasing: buffer.bytes[range.lowerBound * stride..<range.upperBound * stride])
    owner = buffer
  }

  static func check<Scalar: KernelScalar>(_ envelope: Envelope, _ buffer: Buffer<Scalar>, _ range: Range<Int>) {
    let tensor = envelope.message.tensor
    precondition(
      tensor?.elementType == Scalar.elementType && tensor?.byteCount == range.count * MemoryLayout<Scalar>.stride,
      "the message announces another tensor")
    precondition(0 <= range.lowerBound && range.upperBound <= buffer.count, "the range lies outside of the buffer")
  }
}
