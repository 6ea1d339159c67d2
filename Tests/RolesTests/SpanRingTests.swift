import Parameters
import Roles
import Testing

@Suite("The spans of a thread")
struct SpanRingTests {
  @Test("they follow one another without gaps, and the same work goes on in one span")
  func spans() {
    let ring = SpanRing(at: 1)
    ring.enter(.wire, at: 2)
    ring.enter(.wire, at: 3)
    ring.reach(7, at: 4)
    ring.enter(.compute, at: 6)
    ring.enter(.wait, at: 6)
    let spans = ring.spans(at: 9)
    #expect(spans.map(\.work) == [.wait, .wire, .wire, .wait])
    #expect(spans.map(\.step) == [0, 0, 7, 7])
    #expect(spans.map(\.start) == [1, 2, 4, 6] && spans.map(\.end) == [2, 4, 6, 9])
  }

  @Test("the oldest are forgotten", arguments: [1, 3, 4, 5, 11])
  func bounded(count: Int) {
    let ring = SpanRing(capacity: 4, at: 0)
    for turn in 1...count { ring.enter(turn.isMultiple(of: 2) ? .wire : .compute, at: Double(turn)) }
    let all = Array(0...count)
    #expect(ring.spans(at: Double(count + 1)).map(\.start) == all.suffix(4).map(Double.init))
  }

  @Test("a line of the trace has microseconds with three places, and pid and tid")
  func lines() {
    let ring = SpanRing(at: 10)
    ring.enter(.compute, at: 10.5)
    let lines = TraceEvents.lines(
      of: ring.spans(at: 10.500_000_25), process: "worker 3", thread: 9, named: "computes", since: 10)
    #expect(lines.count == 4)
    #expect(lines[2].contains("\"pid\":1003,\"tid\":9,\"ts\":0.000,\"dur\":500000.000"), "\(lines[2])")
    #expect(TraceEvents.number(ofProcess: "coordinator") == 1 && TraceEvents.number(ofProcess: "server 63") == 163)
  }
}
