import CTareMessages

extension Collect: @unsafe WireValue {
  private static let version = IntegerField("collect.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Collect) throws(MessageError) {
    self.init(version: try unsafe Self.version.read(wire.version))
  }

  func write(to wire: inout Tare__V1__Collect, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
  }
}

extension Shard: @unsafe WireValue {
  private static let version = IntegerField("shard.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Shard) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version),
      tensor: try unsafe TensorHeader(at: wire.tensor, "shard.tensor"))
  }

  func write(to wire: inout Tare__V1__Shard, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.tensor = try draft.make(tensor, tare__v1__tensor_header__init)
  }
}

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
