package import Messages
import Synchronization

/// What the threads of one member work on in a traced run, until it leaves.
package final class MemberTrace: Sendable {
  private let rings = Mutex<[(thread: String, ring: SpanRing)]>([])

  package init() {}

  package func ring(ofThread name: String) -> SpanRing {
    let ring = SpanRing(at: Clock.ofMachine)
    rings.withLock { $0.append((name, ring)) }
    return ring
  }

  /// A message for each thread; those that end later keep their last spans to themselves.
  ///
  /// - Parameter leastLag: of the coordinator's heartbeats.
  package func messages(leastLag: Double?) -> [Spans] {
    let now = Clock.ofMachine
    let rings = rings.withLock { $0 }
    return rings.enumerated().map { index, entry in
      Spans(
        thread: entry.thread, entry.ring.spans(at: now), leastLag: leastLag, isLast: index == rings.count - 1)
    }
  }
}

extension Spans {
  /// - Parameter spans: without gaps, on this machine's clock.
  fileprivate init(thread: String, _ spans: [SpanRing.Span], leastLag: Double?, isLast: Bool) {
    let began = spans.first?.start ?? 0
    // Rounded since the beginning, so that the roundings do not add up.
    func end(_ span: SpanRing.Span) -> Int { Int(((span.end - began) * 1e9).rounded()) }
    var last = 0
    let lengths = spans.map { span in
      defer { last = end(span) }
      return Span(span.work, nanoseconds: end(span) - last, step: span.step)
    }
    self.init(
      thread: thread, began: began, spans: lengths, clock: Clock.nameOfMachine, leastLag: leastLag, isLast: isLast)
  }
}
