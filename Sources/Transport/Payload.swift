package import Messages
package import Parameters
import ZeroMQ

/// The tensor of a received message: its bytes at the beginning of the frame that libzmq received, or in the sender's memory.
package final class Payload: Sendable {
  package let header: TensorHeader
  private let frame: Frame
  private let borrowed: BorrowedTensor?

  /// `nil` if the message announces no tensor.
  init?(_ frame: consuming Frame?, of message: Message) {
    guard let header = message.tensor, let frame else { return nil }
    self.frame = frame
    borrowed = nil
    self.header = header
  }

  init(_ borrowed: BorrowedTensor, _ header: TensorHeader) {
    frame = Frame()
    self.borrowed = borrowed
    self.header = header
  }

  /// A copy of the bytes: little-endian elements.
  package var bytes: [UInt8] { unsafe withBytes { unsafe Array($0.prefix(header.byteCount)) } }

  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    if let borrowed { return unsafe body(borrowed.bytes) }
    return unsafe frame.withBytes { unsafe body($0) }
  }

  /// The elements, without a copy if they are aligned: the buffer then keeps the frame alive.
  ///
  /// Read-only even for its sole owner: over `inproc://` and in shared memory it is the sender's buffer.
  package func buffer<Scalar: KernelScalar>(of scalar: Scalar.Type = Scalar.self) throws(MessageError) -> Buffer<Scalar>
  {
    try content(packedAs: nil)
  }

  /// The elements, or the words that they are packed in, like `buffer`.
  ///
  /// - Parameter format: in which they must be packed; `nil` if they must not be.
  package func content<Scalar: KernelScalar>(
    of scalar: Scalar.Type = Scalar.self, packedAs format: WireFormat?
  ) throws(MessageError) -> Buffer<Scalar> {
    guard header.elementType == Scalar.elementType, header.packing?.format == format else {
      let found = header.packing?.format.rawValue ?? header.elementType.rawValue
      let accepted = format?.rawValue ?? Scalar.elementType.rawValue
      throw .malformed("tensor.element_type is \(found); accepted is \(accepted)")
    }
    let count = header.byteCount / MemoryLayout<Scalar>.stride
    return unsafe withBytes { bytes in
      if let start = bytes.baseAddress, Int(bitPattern: start) % MemoryLayout<Scalar>.alignment == 0 {
        let elements = unsafe start.assumingMemoryBound(to: Scalar.self)
        return unsafe Buffer(borrowing: UnsafeMutablePointer(mutating: elements), count: count, owner: self)
      }
      let copy = Buffer<Scalar>(count: count)
      unsafe UnsafeMutableRawBufferPointer(copy.elements).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<header.byteCount]))
      return copy
    }
  }
}
