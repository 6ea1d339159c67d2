import CTareMessages
import Parameters

extension Pull: @unsafe WireValue {
  private static let version = IntegerField("pull.version", in: 0...Limits.version)
  private static let offset = IntegerField("pull.offset", in: 0...Limits.elements)
  private static let base = IntegerField("pull.base_version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Pull) throws(MessageError) {
    let isHeld = unsafe wire.held_case == TARE__V1__PULL__HELD_BASE_VERSION
    self.init(
      version: try unsafe Self.version.read(wire.version), offset: try unsafe Self.offset.read(wire.offset),
      base: isHeld ? try unsafe Self.base.read(wire.base_version) : nil)
  }

  func write(to wire: inout Tare__V1__Pull, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.offset = try Self.offset.write(offset)
    if let base {
      unsafe wire.held_case = TARE__V1__PULL__HELD_BASE_VERSION
      unsafe wire.base_version = try Self.base.write(base)
    }
  }
}

extension Weights: @unsafe WireValue {
  private static let version = IntegerField("weights.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Weights) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version),
      tensor: try unsafe TensorHeader(at: wire.tensor, "weights.tensor"))
  }

  func write(to wire: inout Tare__V1__Weights, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.tensor = try draft.make(tensor, tare__v1__tensor_header__init)
  }
}

extension Push: @unsafe WireValue {
  private static let step = IntegerField("push.step", in: 0...Limits.version)
  private static let squares = NumberListField("push.squares", limit: Limits.filters)
  private static let errors = NumberListField("push.errors", limit: Limits.filters)

  init(_ wire: Tare__V1__Push) throws(MessageError) {
    self.init(
      step: try unsafe Self.step.read(wire.step), node: try unsafe ReductionTree.Node(at: wire.node, "push.node"),
      tally: try unsafe Tally(at: wire.tally, "push.tally"),
      squares: try unsafe Self.squares.read(wire.squares, count: wire.n_squares),
      errors: try unsafe Self.errors.read(wire.errors, count: wire.n_errors),
      tensor: try unsafe TensorHeader(at: wire.tensor, "push.tensor"))
  }

  func write(to wire: inout Tare__V1__Push, in draft: Draft) throws(MessageError) {
    unsafe wire.step = try Self.step.write(step)
    unsafe wire.node = try draft.make(node, tare__v1__node__init)
    unsafe wire.tally = try draft.make(tally, tare__v1__tally__init)
    unsafe wire.n_squares = squares.count
    unsafe wire.squares = try Self.squares.write(squares, in: draft)
    if !errors.isEmpty {
      unsafe wire.n_errors = errors.count
      unsafe wire.errors = try Self.errors.write(errors, in: draft)
    }
    unsafe wire.tensor = try draft.make(tensor, tare__v1__tensor_header__init)
  }
}

extension Answer: @unsafe WireValue {
  private static let kind = ChoiceField(
    "answer.kind",
    [
      (Kind.duplicate, TARE__V1__ANSWER__KIND__KIND_DUPLICATE), (.gone, TARE__V1__ANSWER__KIND__KIND_GONE),
      (.wrongGeneration, TARE__V1__ANSWER__KIND__KIND_WRONG_GENERATION),
      (.refused, TARE__V1__ANSWER__KIND__KIND_REFUSED), (.waiting, TARE__V1__ANSWER__KIND__KIND_WAITING),
      (.notAMember, TARE__V1__ANSWER__KIND__KIND_NOT_A_MEMBER), (.applied, TARE__V1__ANSWER__KIND__KIND_APPLIED),
      (.late, TARE__V1__ANSWER__KIND__KIND_LATE), (.rejected, TARE__V1__ANSWER__KIND__KIND_REJECTED),
    ])
  private static let version = IntegerField("answer.version", in: 0...Limits.version)
  private static let sentence = SentenceField("answer.sentence")
  private static let microbatch = IntegerField("answer.microbatch", in: 0...Limits.microbatch)

  init(_ wire: Tare__V1__Answer) throws(MessageError) {
    self.init(
      kind: try unsafe Self.kind.read(wire.kind), version: try unsafe Self.version.read(wire.version),
      generation: unsafe wire.generation, sentence: try unsafe Self.sentence.read(wire.sentence),
      microbatch: try unsafe Self.microbatch.read(wire.microbatch))
  }

  func write(to wire: inout Tare__V1__Answer, in draft: Draft) throws(MessageError) {
    unsafe wire.kind = Self.kind.write(kind)
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.generation = generation
    unsafe wire.sentence = Self.sentence.write(sentence, in: draft)
    unsafe wire.microbatch = try Self.microbatch.write(microbatch)
  }
}
