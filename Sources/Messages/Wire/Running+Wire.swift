import CTareMessages
import Parameters

extension Heartbeat: @unsafe WireValue {
  private static let progress = IntegerField("heartbeat.progress", in: 0...Limits.version)
  private static let orders = IntegerField("heartbeat.orders", in: 0...Limits.version)
  private static let pending = IntegerField("heartbeat.pending", in: 0...Limits.leaves)

  init(_ wire: Tare__V1__Heartbeat) throws(MessageError) {
    self.init(
      progress: try unsafe Self.progress.read(wire.progress), orders: try unsafe Self.orders.read(wire.orders),
      pending: try unsafe Self.pending.read(wire.pending))
  }

  func write(to wire: inout Tare__V1__Heartbeat, in draft: Draft) throws(MessageError) {
    unsafe wire.progress = try Self.progress.write(progress)
    unsafe wire.orders = try Self.orders.write(orders)
    unsafe wire.pending = try Self.pending.write(pending)
  }
}

extension StepReport: @unsafe WireValue {
  private static let step = IntegerField("step_report.step", in: 0...Limits.version)
  private static let correct = IntegerField("step_report.correct", in: 0...Limits.samples)
  private static let samples = IntegerField("step_report.samples", in: 0...Limits.samples)
  private static let steps = IntegerField("step_report.steps", in: 0...Limits.version)
  private static let nonFinite = TextField("step_report.non_finite")

  init(_ wire: Tare__V1__StepReport) throws(MessageError) {
    let faulty = unsafe wire.fault_case == TARE__V1__STEP_REPORT__FAULT_NON_FINITE
    self.init(
      step: try unsafe Self.step.read(wire.step), lossSum: unsafe wire.loss_sum,
      correct: try unsafe Self.correct.read(wire.correct), samples: try unsafe Self.samples.read(wire.samples),
      steps: try unsafe Self.steps.read(wire.steps),
      nonFinite: faulty ? try unsafe Self.nonFinite.read(wire.non_finite) : nil,
      partials: unsafe wire.partials == nil ? nil : try TensorHeader(at: wire.partials, "step_report.partials"))
  }

  func write(to wire: inout Tare__V1__StepReport, in draft: Draft) throws(MessageError) {
    unsafe wire.step = try Self.step.write(step)
    unsafe wire.loss_sum = lossSum
    unsafe wire.correct = try Self.correct.write(correct)
    unsafe wire.samples = try Self.samples.write(samples)
    unsafe wire.steps = try Self.steps.write(steps)
    if let nonFinite {
      unsafe wire.fault_case = TARE__V1__STEP_REPORT__FAULT_NON_FINITE
      unsafe wire.non_finite = try Self.nonFinite.write(nonFinite, in: draft)
    }
    if let partials { unsafe wire.partials = try draft.make(partials, tare__v1__tensor_header__init) }
  }
}

extension Evaluated: @unsafe WireValue {
  private static let version = IntegerField("evaluated.version", in: 0...Limits.version)
  private static let correct = IntegerField("evaluated.correct", in: 0...Limits.samples)
  private static let samples = IntegerField("evaluated.samples", in: 0...Limits.samples)

  init(_ wire: Tare__V1__Evaluated) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version),
      node: try unsafe ReductionTree.Node(at: wire.node, "evaluated.node"), lossSum: unsafe wire.loss_sum,
      correct: try unsafe Self.correct.read(wire.correct), samples: try unsafe Self.samples.read(wire.samples))
  }

  func write(to wire: inout Tare__V1__Evaluated, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.node = try draft.make(node, tare__v1__node__init)
    unsafe wire.loss_sum = lossSum
    unsafe wire.correct = try Self.correct.write(correct)
    unsafe wire.samples = try Self.samples.write(samples)
  }
}
