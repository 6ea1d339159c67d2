import CTareMessages

extension Stop: @unsafe WireValue {
  private static let exitCode = IntegerField("stop.exit_code", in: 0...255)
  private static let sentence = SentenceField("stop.sentence")

  init(_ wire: Tare__V1__Stop) throws(MessageError) {
    self.init(
      exitCode: try unsafe Self.exitCode.read(wire.exit_code), sentence: try unsafe Self.sentence.read(wire.sentence))
  }

  func write(to wire: inout Tare__V1__Stop, in draft: Draft) throws(MessageError) {
    unsafe wire.exit_code = try Self.exitCode.write(exitCode)
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
  }
}

extension Failed: @unsafe WireValue {
  private static let exitCode = IntegerField("failed.exit_code", in: 0...255)
  private static let sentence = SentenceField("failed.sentence")
  private static let step = IntegerField("failed.step", in: 0...Limits.version)
  private static let layer = TextField("failed.layer")

  init(_ wire: Tare__V1__Failed) throws(MessageError) {
    self.init(
      exitCode: try unsafe Self.exitCode.read(wire.exit_code), sentence: try unsafe Self.sentence.read(wire.sentence),
      step: try unsafe Self.step.read(wire.step), layer: try unsafe Self.layer.read(wire.layer))
  }

  func write(to wire: inout Tare__V1__Failed, in draft: Draft) throws(MessageError) {
    unsafe wire.exit_code = try Self.exitCode.write(exitCode)
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
    unsafe wire.step = try Self.step.write(step)
    unsafe wire.layer = try Self.layer.write(layer, in: draft)
  }
}
