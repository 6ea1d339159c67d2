import Parameters

/// Memory of a process that its user's other processes on the host can open and read.
package struct MemoryAddress: Hashable, Sendable {
  package let process: Int
  package let descriptor: Int
  /// Of the file behind the descriptor.
  package let inode: UInt64
  package let byteCount: Int

  package init(process: Int, descriptor: Int, inode: UInt64, byteCount: Int) {
    (self.process, self.descriptor, self.inode, self.byteCount) = (process, descriptor, inode, byteCount)
  }
}

/// Lender → borrower: memory in which the tensors of later messages may lie.
package struct SharedMemoryOffer: Hashable, Sendable {
  package let segment: UInt64
  package let memory: MemoryAddress

  package init(segment: UInt64, memory: MemoryAddress) { (self.segment, self.memory) = (segment, memory) }
}

/// Borrower → lender: whether tensors may lie there.
package struct SharedMemoryAnswer: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// They may. In the page at the address, the borrower writes what it holds.
    case accepted(page: UInt64, MemoryAddress)
    case declined
    /// A message named a page that is not this borrower's, or a segment that it did not accept.
    case unknown(page: UInt64)
  }

  package let segment: UInt64
  package let kind: Kind

  package init(segment: UInt64, kind: Kind) { (self.segment, self.kind) = (segment, kind) }
}

/// Where a message's tensor lies, in place of a second frame.
package struct SharedTensor: Hashable, Sendable {
  /// The borrower's, to which the loan belongs.
  package var page: UInt64
  package var segment: UInt64
  /// Bytes before the tensor's first one.
  package var offset: Int
  /// The loan's entry in the page.
  package var entry: Int
  /// Higher than that of all loans before.
  package var number: UInt64

  package init(page: UInt64, segment: UInt64, offset: Int, entry: Int, number: UInt64) {
    (self.page, self.segment, self.offset) = (page, segment, offset)
    (self.entry, self.number) = (entry, number)
  }
}

extension SharedTensor {
  /// Which bytes of a segment the tensor takes.
  package func range(of tensor: TensorHeader, in byteCount: Int) throws(MessageError) -> Range<Int> {
    guard offset >= 0, offset % tensor.elementType.byteCount == 0 else {
      throw .malformed("shared_tensor.offset is \(offset); accepted are multiples of \(tensor.elementType.byteCount)")
    }
    guard tensor.byteCount <= byteCount, offset <= byteCount - tensor.byteCount else {
      throw .malformed(
        "shared_tensor.offset is \(offset) for \(tensor.byteCount) bytes; the segment has \(byteCount)")
    }
    return offset..<offset + tensor.byteCount
  }
}
