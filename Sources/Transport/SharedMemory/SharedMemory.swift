/// Tensors between processes of one host stay where they are: the sender (lender) names a place in its memory, which the receiver
/// (borrower) has mapped, and the message that does so is all that travels over the Unix domain socket. Nothing is copied, and
/// one buffer of weights serves all workers.
///
/// - A *segment* is the memory of one buffer: a memfd that its owner alone can write and nobody can resize. `SharedBuffers` makes
///   them. A lender offers a segment to a borrower (`SharedMemoryOffer`) when it first sends a tensor from it; once the borrower
///   has accepted, messages name tensors in it (`SharedTensor`).
/// - A *page* is the borrower's account of what it holds (`LoanPage`): again memory that its owner alone can write. The lender
///   keeps a lent buffer until the page says that the tensor was given back, or never came.
/// - Neither end's behavior harms the other. The borrower checks what is sealed before it maps it, and each place before it
///   reads it; a lender that writes there changes numbers only. The lender takes the page as a hint for its own list of loans
///   (`Loans`): a false one spoils what its writer reads.
/// - A process keeps open what others may have mapped, so its end, like the end of a connection, shows by a descriptor that is no
///   longer there.
///
/// All of it is a matter of speed: a tensor in other memory, one that was offered and not accepted, and one for which no entry is
/// left travels over the socket, as all do between machines.
package enum SharedMemory {
  /// Bytes; shorter tensors are copied.
  static let leastTensor = 16 << 10

  /// Segments that one process makes, so that a borrower that never gives anything back does not use up the memory.
  static let mostSegments = 32

  /// Segments of one lender that a borrower maps, and their bytes. It is room among the addresses, not memory.
  static let mostMappedSegments = 64
  static let mostMappedBytes = 1 << 40

  /// Connections of one process from which a listener borrows at the same time.
  static let mostBorrowings = 16

  /// Whether a tensor is worth it.
  static func takes(byteCount: Int) -> Bool { byteCount >= leastTensor }
}
