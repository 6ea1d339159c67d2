import Coordination
import Messages
import Parameters
import Roles
import Testing
import Transport

@Suite("Trace of a run") struct RunTraceTests {
  @Test("spans that arrive behind the notice of their process's end are waited for, for half a second")
  func endBeforeSpans() throws {
    let (worker, other) = (Peer(identity: [1]), Peer(identity: [2]))
    var trace = RunTrace()
    trace.welcomed(worker, as: Member(.worker, 0))
    trace.welcomed(other, as: Member(.worker, 1))
    #expect(!trace.isAwaiting(at: 0), "nobody has been told to leave")
    trace.stops(worker)
    trace.stops(other)
    trace.ended(Member(.worker, 0), at: 10)
    trace.ended(Member(.worker, 1), at: 10)
    #expect(trace.isAwaiting(at: 10.4))
    let spans = [Spans.Span(.compute, nanoseconds: 5, step: 1)]
    trace.take(Spans(thread: "computes", began: 1, spans: spans, isLast: false), from: worker)
    trace.take(Spans(thread: "messages", began: 1, spans: spans, isLast: true), from: worker)
    #expect(trace.isAwaiting(at: 10.4), "worker 1's are missing")
    #expect(!trace.isAwaiting(at: 10.5), "and will not come")
    #expect(trace.text.contains("worker 0") && !trace.text.contains("worker 1"))
  }
}
