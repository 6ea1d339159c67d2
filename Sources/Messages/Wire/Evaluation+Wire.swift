import CTareMessages
import Parameters

extension Evaluate.Part {
  fileprivate static let field = ChoiceField(
    "evaluate.part", [(Self.training, TARE__V1__PART__PART_TRAINING), (.test, TARE__V1__PART__PART_TEST)])
}

extension Evaluate: @unsafe WireValue {
  private static let version = IntegerField("evaluate.version", in: 0...Limits.version)
  private static let nodes = NodeListField("evaluate.nodes")
  private static let chunkCount = IntegerField("evaluate.chunk_count", in: 1...Limits.leaves)

  init(_ wire: Tare__V1__Evaluate) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version),
      nodes: try unsafe Self.nodes.read(wire.nodes, count: wire.n_nodes),
      chunkCount: try unsafe Self.chunkCount.read(wire.chunk_count), part: try unsafe Part.field.read(wire.part))
  }

  func write(to wire: inout Tare__V1__Evaluate, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.n_nodes = nodes.count
    unsafe wire.nodes = try Self.nodes.write(nodes, in: draft)
    unsafe wire.chunk_count = try Self.chunkCount.write(chunkCount)
    unsafe wire.part = Part.field.write(part)
  }
}

extension Evaluated: @unsafe WireValue {
  private static let version = IntegerField("evaluated.version", in: 0...Limits.version)
  private static let correct = IntegerField("evaluated.correct", in: 0...Limits.samples)
  private static let samples = IntegerField("evaluated.samples", in: 0...Limits.samples)

  init(_ wire: Tare__V1__Evaluated) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version), part: try unsafe Evaluate.Part.field.read(wire.part),
      node: try unsafe ReductionTree.Node(at: wire.node, "evaluated.node"), lossSum: unsafe wire.loss_sum,
      correct: try unsafe Self.correct.read(wire.correct), samples: try unsafe Self.samples.read(wire.samples))
  }

  func write(to wire: inout Tare__V1__Evaluated, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.part = Evaluate.Part.field.write(part)
    unsafe wire.node = try draft.make(node, tare__v1__node__init)
    unsafe wire.loss_sum = lossSum
    unsafe wire.correct = try Self.correct.write(correct)
    unsafe wire.samples = try Self.samples.write(samples)
  }
}
