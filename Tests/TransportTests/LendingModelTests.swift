import Messages
import TestSupport
import Testing
import Transport

/// A lender and its borrowers in every order of events: messages that are lost, repeated or late, borrowers that close, die or are
/// followed by others, and pages with any content.
@Suite("Lending, in random orders") struct LendingModelTests {
  @Test("what a living borrower holds stays lent, and what nobody holds comes back")
  func promise() throws {
    for seed in TestSize.schedules {
      var model = LendingModel(seed: seed)
      for _ in 0..<200 {
        model.step()
        let freed = model.heldButNotLent
        try #require(freed.isEmpty, "seed \(seed): \(freed) may be written while somebody reads them")
      }
      let goesOn = model.goesOn()
      try #require(goesOn, "seed \(seed): nothing is lent any more")
      model.end()
      try #require(model.lending.items.isEmpty, "seed \(seed): \(model.lending.items) never come back")
    }
  }
}

private struct LendingModel {
  private(set) var lending = Lending<Life, Int>()
  private var random: SplitMix
  private var now = 0.0
  private var items = 0
  /// The one that gets the messages, and those before it.
  private var lives: [Life]
  private var toBorrower: [ToBorrower] = []
  private var delivered: [ToBorrower] = []
  private var toLender: [SharedMemoryAnswer] = []

  private enum ToBorrower {
    case offer(UInt64)
    case tensor(page: UInt64, segment: UInt64, Loan, item: Int)
  }

  /// A borrower with its page.
  @safe final class Life {
    let number: Int
    let page: LoanPage
    private let memory: UnsafeMutableRawPointer
    var accepted: Set<UInt64> = []
    var held: [(loan: Loan, item: Int)] = []
    var isAlive = true
    /// Wrote something else into its page.
    var isForger = false

    var id: UInt64 { UInt64(number) + 100 }

    init(_ number: Int) {
      self.number = number
      unsafe memory = .allocate(byteCount: LoanPage.byteCount, alignment: 64)
      unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: LoanPage.byteCount)
      unsafe page = LoanPage(memory)
    }

    deinit { unsafe memory.deallocate() }

    func scribble(_ word: Int, _ value: UInt64) {
      isForger = true
      unsafe memory.storeBytes(of: value, toByteOffset: 8 * word, as: UInt64.self)
    }
  }

  init(seed: UInt64) {
    random = SplitMix(state: seed)
    lives = [Life(1)]
  }

  private var present: Life { lives[lives.count - 1] }

  /// Items that the lender would write although an honest borrower reads them.
  var heldButNotLent: [Int] {
    let lent = Set(lending.items)
    return lives.filter { $0.isAlive && !$0.isForger }.flatMap(\.held).map(\.item).filter { !lent.contains($0) }
  }

  mutating func step() {
    now += Double.random(in: 0...0.3, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: send(.random(in: 0..<4, using: &random) * 3)
    case 30..<52: if !toBorrower.isEmpty { deliver(toBorrower.removeFirst()) }
    case 52..<62: if !toLender.isEmpty { answer(toLender.removeFirst()) }
    case 62..<80: giveBack(from: lives.randomElement(using: &random))
    case 80..<84: if let old = delivered.randomElement(using: &random) { deliver(old) }
    case 84..<86:
      // The connection breaks.
      toBorrower = []
      toLender = []
    case 86: succeed { $0.page.close() }
    case 87: succeed { life in (life.isAlive, life.held) = (false, []) }
    case 88:
      // A connection that goes on while another process answers.
      lives.append(Life(lives.count + 1))
    case 89:
      let number = [0, 1, .max, lending.items.count].map(UInt64.init(truncatingIfNeeded:)).randomElement(using: &random)
      present.scribble(.random(in: 0..<LoanPage.byteCount / 8, using: &random), number ?? 0)
    case 90..<92: lending.sweep(now: now, fate)
    default: collect()
    }
  }

  /// Forgers die, and nothing else goes wrong: one more tensor arrives at the last borrower, though those before it live on.
  mutating func goesOn() -> Bool {
    for life in lives where life.isForger { (life.isAlive, life.held) = (false, []) }
    if !present.isAlive { lives.append(Life(lives.count + 1)) }
    lending.sweep(now: now, fate)
    for _ in 0..<20 {
      now += 2
      send(9)
      while !toBorrower.isEmpty {
        deliver(toBorrower.removeFirst())
        if present.held.last?.item == items { return true }
      }
      while !toLender.isEmpty { answer(toLender.removeFirst()) }
    }
    return false
  }

  /// Everybody gives everything back, and only the last borrower goes on.
  mutating func end() {
    for life in lives {
      if life !== present { life.page.close() }
      while !life.held.isEmpty { giveBack(from: life) }
    }
    lending.sweep(now: now, fate)
    collect()
  }

  private func fate(_ life: Life) -> Lending<Life, Int>.Fate {
    if !life.isAlive { return .gone }
    return life.page.isClosed ? .closed : .open
  }

  private mutating func collect() { lending.collect { $0.page.isOver($1) } }

  private mutating func succeed(_ end: (Life) -> Void) {
    end(present)
    lives.append(Life(lives.count + 1))
  }

  private mutating func send(_ segment: UInt64) {
    items += 1
    switch lending.request(segment, for: items, now: now) {
    case .lend(let page, let loan):
      if Bool.random(using: &random) || Bool.random(using: &random) {
        toBorrower.append(.tensor(page: page, segment: segment, loan, item: items))
      } else {
        lending.cancel(loan)
      }
    case .offer: toBorrower.append(.offer(segment))
    case .refrain: break
    }
  }

  private mutating func deliver(_ message: ToBorrower) {
    delivered.append(message)
    let life = present
    guard life.isAlive else { return }
    switch message {
    case .offer(let segment):
      let isAccepted = segment == 9 || Int.random(in: 0..<8, using: &random) > 0
      if isAccepted { life.accepted.insert(segment) }
      let memory = MemoryAddress(process: life.number, descriptor: 0, inode: 0, byteCount: LoanPage.byteCount)
      toLender.append(
        SharedMemoryAnswer(segment: segment, kind: isAccepted ? .accepted(page: life.id, memory) : .declined))
    case .tensor(let page, let segment, let loan, let item):
      if page == life.id, life.accepted.contains(segment) {
        if life.page.take(loan) { life.held.append((loan, item)) }
      } else {
        toLender.append(SharedMemoryAnswer(segment: segment, kind: .unknown(page: page)))
      }
    }
  }

  private mutating func answer(_ answer: SharedMemoryAnswer) {
    lending.take(answer) { [lives] address in lives[address.process - 1] }
  }

  private mutating func giveBack(from life: Life?) {
    guard let life, let index = life.held.indices.randomElement(using: &random) else { return }
    life.page.giveBack(life.held.remove(at: index).loan)
  }
}

/// Sebastiano Vigna's generator of this name.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
