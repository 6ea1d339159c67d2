import Messages

/// What a borrower has mapped of one lender's memory, and its page.
final class Borrowing {
  /// The lender's.
  let process: Int
  /// Rises with each use.
  var lastUse = 0
  private let held: HeldLoans
  private let id = UInt64.random(in: 0...UInt64.max)
  private var segments: [UInt64: ForeignMemory] = [:]

  init(of process: Int, _ held: HeldLoans) { (self.process, self.held) = (process, held) }

  deinit { held.page.close() }

  /// Whether the lender still has something that is mapped here.
  var isInUse: Bool { segments.values.contains(where: \.isOpen) }

  func answer(_ offer: SharedMemoryOffer) -> SharedMemoryAnswer {
    SharedMemoryAnswer(
      segment: offer.segment, kind: accepts(offer) ? .accepted(page: id, held.memory.address) : .declined)
  }

  private func accepts(_ offer: SharedMemoryOffer) -> Bool {
    if let known = segments[offer.segment], known.address == offer.memory, known.isOpen { return true }
    // Those in use stay mapped until they are given back.
    segments = segments.filter { $0.value.isOpen }
    let bytes = segments.values.reduce(0) { $0 + $1.address.byteCount }
    guard segments.count < SharedMemory.mostMappedSegments,
      offer.memory.byteCount <= SharedMemory.mostMappedBytes - bytes,
      let memory = try? ForeignMemory(at: offer.memory)
    else { return false }
    segments[offer.segment] = memory
    return true
  }

  /// Access to a tensor that the lender named.
  ///
  /// - Returns: `nil` if it names another page, or a segment that is not mapped here.
  func borrow(_ place: SharedTensor, of tensor: TensorHeader) throws(MessageError) -> BorrowedTensor? {
    guard place.page == id, let memory = segments[place.segment] else { return nil }
    let range = try place.range(of: tensor, in: memory.address.byteCount)
    let loan = Loan(entry: place.entry, number: place.number)
    guard held.page.take(loan) else {
      throw .malformed("shared_tensor.number \(place.number) is not newer than all before, or its entry is not free")
    }
    return BorrowedTensor(memory, range, loan, of: held)
  }
}

/// A borrower's page; it stays as long as anything is held.
final class HeldLoans: Sendable {
  let memory: SealedMemory
  let page: LoanPage

  init?() {
    guard let memory = SealedMemory.make(byteCount: LoanPage.byteCount), let start = unsafe memory.bytes.baseAddress
    else {
      return nil
    }
    self.memory = memory
    unsafe page = LoanPage(start)
  }
}

/// A tensor in another process's memory; given back when nobody refers to it.
@safe final class BorrowedTensor: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let memory: ForeignMemory
  private let loan: Loan
  private let held: HeldLoans

  init(_ memory: ForeignMemory, _ range: Range<Int>, _ loan: Loan, of held: HeldLoans) {
    unsafe bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[range])
    (self.memory, self.loan, self.held) = (memory, loan, held)
  }

  deinit { held.page.giveBack(loan) }
}
