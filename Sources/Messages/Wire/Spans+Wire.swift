import CTareMessages
import Parameters

extension Spans: @unsafe WireValue {
  private static let thread = TextField("spans.thread")
  private static let began = SecondsField("spans.began")
  private static let clock = TextField("spans.clock")
  private static let leastLag = SecondsField("spans.least_lag")
  private static let count = IntegerField("the length of spans.works", in: 0...Limits.spans)
  private static let nanoseconds = IntegerListField(
    "spans.nanoseconds", limit: Limits.spans, in: 0...Limits.nanoseconds)
  private static let steps = IntegerListField("spans.steps", limit: Limits.spans, in: 0...Limits.version)
  private static let total = IntegerField("the sum of spans.nanoseconds", in: 0...Limits.nanoseconds)
  private static let work = ChoiceField<Work, Tare__V1__Work>(
    "spans.works",
    [
      (.compute, TARE__V1__WORK__WORK_COMPUTE), (.copy, TARE__V1__WORK__WORK_COPY), (.wire, TARE__V1__WORK__WORK_WIRE),
      (.sum, TARE__V1__WORK__WORK_SUM), (.update, TARE__V1__WORK__WORK_UPDATE), (.wait, TARE__V1__WORK__WORK_WAIT),
    ])

  init(_ wire: Tare__V1__Spans) throws(MessageError) {
    let count: Int = try unsafe Self.count.read(wire.n_works)
    let nanoseconds = try unsafe Self.nanoseconds.read(wire.nanoseconds, count: wire.n_nanoseconds)
    let steps = try unsafe Self.steps.read(wire.steps, count: wire.n_steps)
    guard nanoseconds.count == count, steps.count == count else {
      throw .malformed("the lists of spans have \(count), \(nanoseconds.count) and \(steps.count) elements")
    }
    var (spans, total): ([Span], Int) = ([], 0)
    spans.reserveCapacity(count)
    for index in 0..<count {
      guard let works = unsafe wire.works else { throw .malformed("spans.works is missing") }
      let work = try unsafe Self.work.read(works[index])
      total = try Self.total.read(total + nanoseconds[index])
      spans.append(Span(work, nanoseconds: nanoseconds[index], step: steps[index]))
    }
    let hasLag = unsafe wire.heard_case == TARE__V1__SPANS__HEARD_LEAST_LAG
    self.init(
      thread: try unsafe Self.thread.read(wire.thread), began: try unsafe Self.began.read(wire.began), spans: spans,
      clock: try unsafe Self.clock.read(wire.clock),
      leastLag: hasLag ? try unsafe Self.leastLag.read(wire.least_lag) : nil, isLast: unsafe wire.is_last != 0)
  }

  func write(to wire: inout Tare__V1__Spans, in draft: Draft) throws(MessageError) {
    unsafe wire.thread = try Self.thread.write(thread, in: draft)
    unsafe wire.began = try Self.began.read(began)
    let count: Int = try Self.count.write(spans.count)
    let works: UnsafeMutablePointer<Tare__V1__Work> = unsafe draft.list(of: count)
    for (index, span) in spans.enumerated() { unsafe works[index] = Self.work.write(span.work) }
    unsafe (wire.n_works, wire.works) = (count, works)
    unsafe wire.n_nanoseconds = count
    unsafe wire.nanoseconds = try Self.nanoseconds.write(spans.map(\.nanoseconds), in: draft)
    unsafe wire.n_steps = count
    unsafe wire.steps = try Self.steps.write(spans.map(\.step), in: draft)
    unsafe wire.clock = try Self.clock.write(clock, in: draft)
    if let leastLag {
      unsafe wire.heard_case = TARE__V1__SPANS__HEARD_LEAST_LAG
      unsafe wire.least_lag = try Self.leastLag.read(leastLag)
    }
    unsafe wire.is_last = isLast ? 1 : 0
  }
}
