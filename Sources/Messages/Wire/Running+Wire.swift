import CTareMessages
import Parameters

extension Begin: @unsafe WireValue {
  private static let version = IntegerField("begin.version", in: 0...Limits.version)
  private static let endpointCount = IntegerField("the length of begin.endpoints", in: 0...Limits.list)
  private static let endpoint = TextField("begin.endpoints")
  private static let nodes = NodeListField("begin.nodes")
  private static let horizon = IntegerField("begin.horizon", in: 0...Limits.version)

  init(_ wire: Tare__V1__Begin) throws(MessageError) {
    var endpoints: [String] = []
    for index in 0..<(try unsafe Self.endpointCount.read(wire.n_endpoints)) {
      endpoints.append(try unsafe Self.endpoint.read(wire.endpoints?[index]))
    }
    self.init(
      version: try unsafe Self.version.read(wire.version), endpoints: endpoints,
      nodes: try unsafe Self.nodes.read(wire.nodes, count: wire.n_nodes),
      horizon: try unsafe Self.horizon.read(wire.horizon))
  }

  func write(to wire: inout Tare__V1__Begin, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
    unsafe wire.n_endpoints = try Self.endpointCount.write(endpoints.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = unsafe draft.list(of: endpoints.count)
    for (index, endpoint) in endpoints.enumerated() {
      unsafe list[index] = try Self.endpoint.write(endpoint, in: draft)
    }
    unsafe wire.endpoints = unsafe list
    unsafe wire.n_nodes = nodes.count
    unsafe wire.nodes = try Self.nodes.write(nodes, in: draft)
    unsafe wire.horizon = try Self.horizon.write(horizon)
  }
}

extension Horizon: @unsafe WireValue {
  private static let version = IntegerField("horizon.version", in: 0...Limits.version)

  init(_ wire: Tare__V1__Horizon) throws(MessageError) {
    self.init(version: try unsafe Self.version.read(wire.version))
  }

  func write(to wire: inout Tare__V1__Horizon, in draft: Draft) throws(MessageError) {
    unsafe wire.version = try Self.version.write(version)
  }
}

extension Heartbeat: @unsafe WireValue {
  private static let progress = IntegerField("heartbeat.progress", in: 0...Limits.version)

  init(_ wire: Tare__V1__Heartbeat) throws(MessageError) {
    self.init(progress: try unsafe Self.progress.read(wire.progress))
  }

  func write(to wire: inout Tare__V1__Heartbeat, in draft: Draft) throws(MessageError) {
    unsafe wire.progress = try Self.progress.write(progress)
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
