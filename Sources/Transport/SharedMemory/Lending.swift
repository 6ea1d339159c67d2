package import Messages

/// A lender's dealings with one borrower: which segments it offered, and what is out on loan. It does no I/O.
///
/// Loans belong to a page, and thus to a life of the borrower, not to a connection: they go on while the connection breaks and
/// comes back. The page changes when another process takes the borrower's place.
package struct Lending<Page, Item> {
  private enum Standing { case offered(at: Double), accepted, declined }

  private struct Account {
    let id: UInt64
    let page: Page
    var loans = Loans<Item>(entries: LoanPage.entries)
  }

  private var standings: [UInt64: Standing] = [:]
  /// New loans are of this page.
  private var current: Account?
  /// Others that are still there.
  private var former: [Account] = []

  package init() {}

  package enum Decision: Hashable {
    case lend(page: UInt64, Loan)
    /// Offer the segment, and send over the socket until it is accepted.
    case offer
    case refrain
  }

  /// Whether there is nothing to remember.
  package var isOver: Bool { current == nil && former.isEmpty && standings.isEmpty }
  /// Everything that is out.
  package var items: [Item] { (former + (current.map { [$0] } ?? [])).flatMap(\.loans.items) }

  /// What to do with a tensor of a segment.
  ///
  /// - Parameters:
  ///   - item: kept until the loan is over.
  ///   - now: in seconds. What got no answer is offered again after one.
  package mutating func request(_ segment: UInt64, for item: Item, now: Double) -> Decision {
    switch standings[segment] {
    case .accepted:
      guard let id = current?.id, let loan = current?.loans.lend(item) else { return .refrain }
      return .lend(page: id, loan)
    case .declined: return .refrain
    case .offered(let time) where now - time < 1: return .refrain
    case .offered, nil:
      standings[segment] = .offered(at: now)
      return .offer
    }
  }

  /// A loan of the current page was not sent.
  package mutating func cancel(_ loan: Loan) { current?.loans.cancel(loan) }

  /// - Parameter map: gives access to the borrower's page; `nil` if there is none.
  package mutating func take(_ answer: SharedMemoryAnswer, map: (MemoryAddress) -> Page?) {
    switch (answer.kind, standings[answer.segment]) {
    case (.accepted(let id, let address), .offered):
      if current?.id != id {
        guard let account = account(id, at: address, map: map) else {
          standings[answer.segment] = .declined
          return
        }
        retire()
        current = account
      }
      standings[answer.segment] = .accepted
    case (.declined, .offered): standings[answer.segment] = .declined
    case (.unknown(let page), _) where page == current?.id: retire()
    default: break
    }
  }

  /// An answer may come late, after its borrower was taken for another one: numbers and entries then go on.
  private mutating func account(_ id: UInt64, at address: MemoryAddress, map: (MemoryAddress) -> Page?) -> Account? {
    if let index = former.firstIndex(where: { $0.id == id }) { return former.remove(at: index) }
    guard former.count < Self.mostFormer, let page = map(address) else { return nil }
    return Account(id: id, page: page)
  }

  /// Ends the loans that are over.
  package mutating func collect(_ isOver: (Page, Loan) -> Bool) {
    if let page = current?.page { current?.loans.collect { isOver(page, $0) } }
    guard !former.isEmpty else { return }
    for index in former.indices {
      let page = former[index].page
      former[index].loans.collect { isOver(page, $0) }
    }
  }

  /// What has become of a page.
  package enum Fate { case open, closed, gone }

  /// Closed pages get no more loans; those of pages that are gone are over. Offers to somebody who never answered are forgotten.
  package mutating func sweep(now: Double, _ fate: (Page) -> Fate) {
    former.removeAll { account in
      switch fate(account.page) {
      case .gone: true
      case .closed: account.loans.isEmpty
      case .open: false
      }
    }
    switch current.map({ fate($0.page) }) {
    case .closed: retire()
    case .gone:
      current = nil
      standings = [:]
    case .open: break
    case nil:
      standings = standings.filter { if case .offered(let time) = $0.value { now - time < 10 } else { true } }
    }
  }

  private mutating func retire() {
    if let current { former.append(current) }
    current = nil
    standings = [:]
  }

  /// Nobody takes a place that often.
  private static var mostFormer: Int { 16 }
}
