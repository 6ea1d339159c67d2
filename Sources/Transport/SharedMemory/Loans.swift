/// What a lender has given to one borrower's page, as the lender itself knows it.
struct Loans<Item> {
  private var out: [(loan: Loan, item: Item)] = []
  private var free: [Int]
  private var last: UInt64 = 0

  init(entries: Int) { free = Array((0..<entries).reversed()) }

  var isEmpty: Bool { out.isEmpty }
  var items: [Item] { out.map(\.item) }

  /// - Returns: `nil` if every entry is taken.
  mutating func lend(_ item: Item) -> Loan? {
    guard let entry = free.popLast() else { return nil }
    last += 1
    let loan = Loan(entry: entry, number: last)
    out.append((loan, item))
    return loan
  }

  /// Takes back what was not sent.
  mutating func cancel(_ loan: Loan) { collect { $0 == loan } }

  /// Ends the loans that are over.
  mutating func collect(_ isOver: (Loan) -> Bool) {
    out.removeAll { loan, _ in
      guard isOver(loan) else { return false }
      free.append(loan.entry)
      return true
    }
  }
}
