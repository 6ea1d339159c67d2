import Messages
import Parameters

/// The shared memory of one socket: what its process lends to the peers there, and borrows from them.
final class TensorLoans {
  /// Bytes of the longest tensor that is accepted.
  private let limit: Int
  private var lendings: [Peer: Lending<BorrowersPage, any AnyObject & Sendable>] = [:]
  private var borrowings: [Peer: Borrowing] = [:]
  private var uses = 0
  private let start = ContinuousClock.now
  private var lastSweep = 0.0

  private struct BorrowersPage {
    let memory: ForeignMemory
    let page: LoanPage

    init?(at address: MemoryAddress) {
      guard address.byteCount >= LoanPage.byteCount, let memory = try? ForeignMemory(at: address),
        let start = unsafe memory.bytes.baseAddress
      else { return nil }
      self.memory = memory
      unsafe page = LoanPage(start)
    }

    var fate: Lending<BorrowersPage, any AnyObject & Sendable>.Fate {
      if !memory.isOpen { return .gone }
      return page.isClosed ? .closed : .open
    }
  }

  init(limit: Int) { self.limit = limit }

  private var now: Double { (ContinuousClock.now - start) / .seconds(1) }

  // The lender's side.

  /// What to do with a message whose tensor is `byteCount` bytes of `buffer` from `start` on.
  func request<Scalar: KernelScalar>(
    _ buffer: Buffer<Scalar>, from first: Int, byteCount: Int, to peer: Peer
  ) -> Request {
    guard SharedMemory.takes(byteCount: byteCount), let segment = buffer.memory as? Segment,
      let base = unsafe segment.memory.bytes.baseAddress
    else { return .refrain }
    switch lendings[peer, default: Lending()].request(segment.id, for: buffer, now: now) {
    case .refrain: return .refrain
    case .offer: return .offer(SharedMemoryOffer(segment: segment.id, memory: segment.memory.address))
    case .lend(let page, let loan):
      let offset = unsafe UnsafeRawPointer(buffer.start + first) - UnsafeRawPointer(base)
      return .lend(
        SharedTensor(page: page, segment: segment.id, offset: offset, entry: loan.entry, number: loan.number))
    }
  }

  enum Request {
    case lend(SharedTensor)
    case offer(SharedMemoryOffer)
    case refrain
  }

  func cancel(_ place: SharedTensor, to peer: Peer) {
    lendings[peer]?.cancel(Loan(entry: place.entry, number: place.number))
  }

  func take(_ answer: SharedMemoryAnswer, from peer: Peer) { lendings[peer]?.take(answer) { BorrowersPage(at: $0) } }

  /// Releases what has been given back; to be called often. Once in a while it also looks for peers that are gone.
  func collect() {
    guard !lendings.isEmpty || !borrowings.isEmpty else { return }
    for index in lendings.values.indices {
      lendings.values[index].collect { $0.page.isOver($1) }
    }
    let now = now
    guard now - lastSweep >= 1 else { return }
    lastSweep = now
    for index in lendings.values.indices { lendings.values[index].sweep(now: now) { $0.fate } }
    lendings = lendings.filter { !$0.value.isOver }
    borrowings = borrowings.filter { $0.value.isInUse }
  }

  // The borrower's side.

  func take(_ offer: SharedMemoryOffer, from peer: Peer) -> SharedMemoryAnswer {
    if borrowings[peer] == nil {
      makeRoom(for: offer.memory.process)
      guard let held = HeldLoans() else { return SharedMemoryAnswer(segment: offer.segment, kind: .declined) }
      borrowings[peer] = Borrowing(of: offer.memory.process, held)
    }
    return use(peer)?.answer(offer) ?? SharedMemoryAnswer(segment: offer.segment, kind: .declined)
  }

  /// Connections that a living process has closed leave their borrowings behind, each with a descriptor. One that is needed after
  /// all is made again.
  private func makeRoom(for process: Int) {
    let others = borrowings.filter { $0.value.process == process }.sorted { $0.value.lastUse > $1.value.lastUse }
    for (peer, _) in others.dropFirst(SharedMemory.mostBorrowings - 1) { borrowings[peer] = nil }
  }

  private func use(_ peer: Peer) -> Borrowing? {
    uses += 1
    let borrowing = borrowings[peer]
    borrowing?.lastUse = uses
    return borrowing
  }

  /// Access to the tensor of a message; `nil` if its place is not known here.
  func borrow(_ place: SharedTensor, of tensor: TensorHeader, from peer: Peer) throws(MessageError) -> BorrowedTensor? {
    guard tensor.byteCount <= limit else {
      throw .malformed("the shared tensor has \(tensor.byteCount) bytes; accepted are at most \(limit)")
    }
    return try use(peer)?.borrow(place, of: tensor)
  }
}
