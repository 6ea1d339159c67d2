import Coordination
import Messages
import Transport

extension CoordinatorRole {
  /// Takes in the spans of members that have been told to leave. Those that have not come after `seconds` are lost; why the run
  /// ended matters more.
  func gatherSpans(within seconds: Double) {
    let deadline = Clock.now + seconds
    while trace?.isAwaiting(at: Clock.now) == true, Clock.now < deadline {
      guard (try? Waiter.wait(for: [listener, notices], timeout: .milliseconds(50))) != nil else { return }
      while let received = try? listener.receive() {
        if case .spans(let spans) = received.envelope.message { trace?.take(spans, from: received.peer) }
      }
      for notice in notices.takeAll() {
        if case .exited(let member, incarnation: _, how: _) = notice { trace?.ended(member, at: Clock.now) }
      }
    }
  }
}
