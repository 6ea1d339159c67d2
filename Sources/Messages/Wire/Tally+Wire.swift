import CTareMessages
import Parameters

extension Tally: @unsafe WireValue {
  private static let correctField = IntegerField("tally.correct", in: 0...Limits.samples)
  private static let samplesField = IntegerField("tally.samples", in: 0...Limits.samples)

  init(_ wire: Tare__V1__Tally) throws(MessageError) {
    self.init(
      lossSum: unsafe wire.loss_sum, correct: try unsafe Self.correctField.read(wire.correct),
      samples: try unsafe Self.samplesField.read(wire.samples))
    if unsafe wire.staleness != nil { staleness = try unsafe Staleness(at: wire.staleness, "tally.staleness") }
  }

  func write(to wire: inout Tare__V1__Tally, in draft: Draft) throws(MessageError) {
    unsafe wire.loss_sum = lossSum
    unsafe wire.correct = try Self.correctField.write(correct)
    unsafe wire.samples = try Self.samplesField.write(samples)
    if !staleness.isEmpty { unsafe wire.staleness = try draft.make(staleness, tare__v1__staleness__init) }
  }
}

extension Staleness: @unsafe WireValue {
  private static let countsField = IntegerListField(
    "staleness.counts", limit: Staleness.longest + 1, in: 0...Limits.samples)
  private static let lateField = IntegerField("staleness.late", in: 0...Limits.samples)
  private static let rejectedField = IntegerField("staleness.rejected", in: 0...Limits.samples)

  init(_ wire: Tare__V1__Staleness) throws(MessageError) {
    self.init(
      counts: try unsafe Self.countsField.read(wire.counts, count: wire.n_counts),
      late: try unsafe Self.lateField.read(wire.late), rejected: try unsafe Self.rejectedField.read(wire.rejected))
  }

  func write(to wire: inout Tare__V1__Staleness, in draft: Draft) throws(MessageError) {
    unsafe wire.n_counts = counts.count
    unsafe wire.counts = try Self.countsField.write(counts, in: draft)
    unsafe wire.late = try Self.lateField.write(late)
    unsafe wire.rejected = try Self.rejectedField.write(rejected)
  }
}
