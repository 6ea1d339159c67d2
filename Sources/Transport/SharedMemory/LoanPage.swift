import Synchronization

/// One tensor on loan: its entry in the borrower's page, and its number.
package struct Loan: Hashable, Sendable {
  package let entry: Int
  /// From 1, and higher than those of all loans before.
  package let number: UInt64

  package init(entry: Int, number: UInt64) { (self.entry, self.number) = (entry, number) }
}

/// A borrower's account of what it holds, in memory that the lender reads: the highest number of a loan that has come, and for
/// each entry the number of the loan that is held there, or 0.
///
/// A loan whose number has been reached, and that is not held, is over: it was given back, or its message was lost, for a message
/// that comes after a later one is not taken any more.
@safe package struct LoanPage: @unchecked Sendable {
  package static let byteCount = 4096
  package static let entries = 256

  /// The highest number, and the entries from the second cache line on.
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private static let first = 8

  /// - Parameter start: of `byteCount` bytes, zero at first, that outlive the page.
  package init(_ start: UnsafeRawPointer) {
    unsafe words = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  // The borrower's side.

  /// - Returns: false if the loan must not be used: a later one has come, or its entry is not free.
  package func take(_ loan: Loan) -> Bool {
    guard (0..<Self.entries).contains(loan.entry), loan.number < .max,
      unsafe words[0].load(ordering: .relaxed) < loan.number,
      unsafe words[Self.first + loan.entry].load(ordering: .acquiring) == 0
    else { return false }
    // In this order: who sees the number also sees that it is held.
    unsafe words[Self.first + loan.entry].store(loan.number, ordering: .releasing)
    unsafe words[0].store(loan.number, ordering: .releasing)
    return true
  }

  /// From any thread, once for each loan that was taken, after the last read.
  package func giveBack(_ loan: Loan) { unsafe words[Self.first + loan.entry].store(0, ordering: .releasing) }

  /// Takes no more loans.
  package func close() { unsafe words[0].store(.max, ordering: .releasing) }

  // The lender's side.

  package var isClosed: Bool { unsafe words[0].load(ordering: .acquiring) == .max }

  /// After this, the tensor may be written again.
  package func isOver(_ loan: Loan) -> Bool {
    unsafe words[0].load(ordering: .acquiring) >= loan.number
      && words[Self.first + loan.entry].load(ordering: .acquiring) != loan.number
  }
}
