package import Coordination
package import Messages
package import Parameters

/// The spans of a run's threads, brought to the coordinator's clock as their members leave.
package struct RunTrace {
  /// A life of a member.
  private struct Sender {
    let member: Member
    /// Of its heartbeats.
    var lag = LeastLag()
    /// It has been told to leave, and not all of its spans are here.
    var isAwaited = false
    /// What its process has sent has arrived by then.
    var lastArrival = Double.infinity
  }

  /// From a process's end to the arrival of its last message. The end is noticed beside the socket, whose own thread may have yet to read
  /// what has been sent.
  private static let delay = 0.5

  private struct Thread {
    let member: Member
    let spans: Spans
    /// `nil` where the clock is the coordinator's.
    let offset: ClockOffset?
  }

  package init() {}

  /// The coordinator's own thread.
  let own = SpanRing(at: Clock.ofMachine)
  /// The zero of the trace's times.
  private let began = Clock.ofMachine
  private var senders: [Peer: Sender] = [:]
  private var threads: [Thread] = []

  /// - Parameter peer: asks again if it has not heard the answer.
  package mutating func welcomed(_ peer: Peer, as member: Member) {
    if senders[peer] == nil { senders[peer] = Sender(member: member) }
  }

  mutating func heard(_ heartbeat: Heartbeat, from peer: Peer) {
    senders[peer]?.lag.add(sent: heartbeat.clock, at: Clock.ofMachine)
  }

  package mutating func stops(_ peer: Peer) { senders[peer]?.isAwaited = true }

  /// A member's process sends nothing more.
  package mutating func ended(_ member: Member, at now: Double) {
    for (peer, sender) in senders where sender.member == member { senders[peer]?.lastArrival = now + Self.delay }
  }

  /// Whether spans are on their way.
  package func isAwaiting(at now: Double) -> Bool {
    senders.values.contains { $0.isAwaited && now < $0.lastArrival }
  }

  package mutating func take(_ spans: Spans, from peer: Peer) {
    guard let sender = senders[peer] else { return }
    if spans.isLast { senders[peer]?.isAwaited = false }
    let isSameClock = !spans.clock.isEmpty && spans.clock == Clock.nameOfMachine
    let offset = isSameClock ? nil : ClockOffset(down: spans.leastLag, up: sender.lag.value)
    threads.append(Thread(member: sender.member, spans: spans, offset: offset))
  }

  /// The whole file. The coordinator is thread 0.
  package var text: String {
    let own = TraceEvents.lines(
      of: own.spans(at: Clock.ofMachine), process: "coordinator", thread: 0, named: "leads", since: began)
    let others = threads.enumerated().flatMap { index, thread in
      TraceEvents.lines(
        of: SpanRing.Span.list(thread.spans, shiftedBy: -(thread.offset?.seconds ?? 0)), process: "\(thread.member)",
        thread: index + 1, named: thread.spans.thread, clockError: thread.offset.map { $0.error ?? .infinity },
        since: began)
    }
    return TraceEvents.file(of: own + others)
  }
}

extension SpanRing.Span {
  fileprivate static func list(_ message: Spans, shiftedBy shift: Double) -> [Self] {
    var offset = 0
    func time() -> Double { message.began + shift + Double(offset) * 1e-9 }
    return message.spans.map { span in
      let start = time()
      offset += span.nanoseconds
      return Self(work: span.work, start: start, end: time(), step: span.step)
    }
  }
}
