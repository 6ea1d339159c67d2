import CTareMessages
import Parameters

extension Tally: @unsafe WireValue {
  private static let correctField = IntegerField("tally.correct", in: 0...Limits.samples)
  private static let samplesField = IntegerField("tally.samples", in: 0...Limits.samples)

  init(_ wire: Tare__V1__Tally) throws(MessageError) {
    self.init(
      lossSum: unsafe wire.loss_sum, correct: try unsafe Self.correctField.read(wire.correct),
      samples: try unsafe Self.samplesField.read(wire.samples))
  }

  func write(to wire: inout Tare__V1__Tally, in draft: Draft) throws(MessageError) {
    unsafe wire.loss_sum = lossSum
    unsafe wire.correct = try Self.correctField.write(correct)
    unsafe wire.samples = try Self.samplesField.write(samples)
  }
}
