package import Messages
package import Parameters
import ZeroMQ

/// The tensor of a received message: its bytes at the beginning of the frame that libzmq received.
package final class Payload: Sendable {
  package let header: TensorHeader
  private let frame: Frame

  /// `nil` if the message announces no tensor.
  init?(_ frame: consuming Frame?, of message: Message) {
    guard let header = message.tensor, let frame else { return nil }
    self.frame = frame
    self.header = header
  }

  /// A copy of the bytes: little-endian elements.
  package var bytes: [UInt8] { unsafe frame.withBytes { unsafe Array($0.prefix(header.byteCount)) } }

  /// The elements, without a copy if they are aligned: the buffer then keeps the frame alive.
  ///
  /// Read-only even for its sole owner: over `inproc://` the memory is the sender's buffer.
  package func buffer<Scalar: KernelScalar>(of scalar: Scalar.Type = Scalar.self) throws(MessageError) -> Buffer<Scalar>
  {
    guard header.elementType == Scalar.elementType else {
      throw .malformed("tensor.element_type is \(header.elementType); accepted is \(Scalar.elementType)")
    }
    return unsafe frame.withBytes { bytes in
      if let start = bytes.baseAddress, Int(bitPattern: start) % MemoryLayout<Scalar>.alignment == 0 {
        let elements = unsafe start.assumingMemoryBound(to: Scalar.self)
        return unsafe Buffer(borrowing: UnsafeMutablePointer(mutating: elements), count: header.count, owner: self)
      }
      let copy = Buffer<Scalar>(count: header.count)
      unsafe UnsafeMutableRawBufferPointer(copy.elements).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<header.byteCount]))
      return copy
    }
  }
}
