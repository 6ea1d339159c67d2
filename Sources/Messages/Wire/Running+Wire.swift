import CTareMessages
import Parameters

extension Heartbeat: @unsafe WireValue {
  private static let progress = IntegerField("heartbeat.progress", in: 0...Limits.version)
  private static let orders = IntegerField("heartbeat.orders", in: 0...Limits.version)
  private static let pending = IntegerField("heartbeat.pending", in: 0...Limits.leaves)
  private static let refused = IntegerField("heartbeat.refused", in: 0...Limits.version)
  private static let clock = SecondsField("heartbeat.clock")
  private static let receivedBytes = IntegerField("heartbeat.received_bytes", in: 0...Limits.version)
  private static let sentBytes = IntegerField("heartbeat.sent_bytes", in: 0...Limits.version)

  init(_ wire: Tare__V1__Heartbeat) throws(MessageError) {
    self.init(
      progress: try unsafe Self.progress.read(wire.progress), orders: try unsafe Self.orders.read(wire.orders),
      pending: try unsafe Self.pending.read(wire.pending), refused: try unsafe Self.refused.read(wire.refused),
      clock: try unsafe Self.clock.read(wire.clock),
      receivedBytes: try unsafe Self.receivedBytes.read(wire.received_bytes),
      sentBytes: try unsafe Self.sentBytes.read(wire.sent_bytes))
  }

  func write(to wire: inout Tare__V1__Heartbeat, in draft: Draft) throws(MessageError) {
    unsafe wire.progress = try Self.progress.write(progress)
    unsafe wire.orders = try Self.orders.write(orders)
    unsafe wire.pending = try Self.pending.write(pending)
    unsafe wire.refused = try Self.refused.write(refused)
    unsafe wire.clock = try Self.clock.read(clock)
    unsafe wire.received_bytes = try Self.receivedBytes.write(receivedBytes)
    unsafe wire.sent_bytes = try Self.sentBytes.write(sentBytes)
  }
}

extension StepReport: @unsafe WireValue {
  private static let step = IntegerField("step_report.step", in: 0...Limits.version)
  private static let steps = IntegerField("step_report.steps", in: 0...Limits.version)
  private static let nonFinite = TextField("step_report.non_finite")
  private static let senderCount = IntegerField("the length of step_report.senders", in: 0...Limits.members)
  private static let sender = IntegerField("step_report.senders", in: 0...Limits.members)

  init(_ wire: Tare__V1__StepReport) throws(MessageError) {
    var senders: [Int] = []
    for index in 0..<(try unsafe Self.senderCount.read(wire.n_senders)) {
      guard let ranks = unsafe wire.senders else { throw .malformed("step_report.senders is missing") }
      senders.append(try unsafe Self.sender.read(ranks[index]))
    }
    let faulty = unsafe wire.fault_case == TARE__V1__STEP_REPORT__FAULT_NON_FINITE
    self.init(
      step: try unsafe Self.step.read(wire.step), tally: try unsafe Tally(at: wire.tally, "step_report.tally"),
      steps: try unsafe Self.steps.read(wire.steps),
      nonFinite: faulty ? try unsafe Self.nonFinite.read(wire.non_finite) : nil, senders: senders,
      partials: unsafe wire.partials == nil ? nil : try TensorHeader(at: wire.partials, "step_report.partials"))
  }

  func write(to wire: inout Tare__V1__StepReport, in draft: Draft) throws(MessageError) {
    unsafe wire.step = try Self.step.write(step)
    unsafe wire.tally = try draft.make(tally, tare__v1__tally__init)
    unsafe wire.steps = try Self.steps.write(steps)
    if let nonFinite {
      unsafe wire.fault_case = TARE__V1__STEP_REPORT__FAULT_NON_FINITE
      unsafe wire.non_finite = try Self.nonFinite.write(nonFinite, in: draft)
    }
    unsafe wire.n_senders = try Self.senderCount.write(senders.count)
    let ranks: UnsafeMutablePointer<UInt32> = unsafe draft.list(of: senders.count)
    for (index, rank) in senders.enumerated() { unsafe ranks[index] = try Self.sender.write(rank) }
    unsafe wire.senders = unsafe ranks
    if let partials { unsafe wire.partials = try draft.make(partials, tare__v1__tensor_header__init) }
  }
}

extension Evaluated: @unsafe WireValue {
  private static let version = IntegerField("evaluated.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Evaluated) throws(MessageError) {
    self.init(
      version: try unsafe Self.version.read(wire.version),
      node: try unsafe ReductionTree.Node(at: wire.node, "evaluated.node"),
      tally: try unsafe Tally(at: wire.tally, "evaluated.tally"))
  }

  func write(to wire: inout Tare__V1__Evaluated, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.node = try draft.make(node, tare__v1__node__init)
    unsafe wire.tally = try draft.make(tally, tare__v1__tally__init)
  }
}
