import Foundation
import Synchronization
import TestSupport
import Testing
import ZeroMQ

@Suite struct PollerTests {
  @Test func returnsNothingAfterTheTimeout() throws {
    let bell = try Doorbell()
    #expect(try Poller.wait(for: [bell.pollItem], timeout: .milliseconds(1)) == [])
    #expect(try Poller.wait(for: [bell.pollItem], timeout: .seconds(-1)) == [])
  }

  @Test func namesWhatIsReadableUntilItIsTaken() throws {
    let context = try Context()
    let silent = try Doorbell()
    let loud = try Doorbell()
    let left = try Socket(.pair, in: context)
    let right = try Socket(.pair, in: context)
    try right.connect(to: left.bind(to: Endpoint("inproc://polled")))
    #expect(try left.send(Frame(copying: [1])))
    loud.ring()
    let items = [silent.pollItem, loud.pollItem, right.pollItem]
    for _ in 0..<2 { #expect(try Poller.wait(for: items, timeout: .eventDeadline) == [1, 2]) }
    loud.silence()
    _ = try right.receive()
    #expect(try Poller.wait(for: items, timeout: .zero) == [])
  }

  @Test func isWokenFromAnotherThread() throws {
    let bell = try Doorbell()
    Thread { bell.ring() }.start()
    #expect(try Poller.wait(for: [bell.pollItem], timeout: .eventDeadline) == [0])
  }

  @Test func signalsDoNotEndAWait() throws {
    signal(SIGUSR1) { _ in }
    let (started, ended) = try (Doorbell(), Doorbell())
    let sleeper = Sleeper()
    Thread {
      sleeper.sleep(after: started)
      ended.ring()
    }.start()
    #expect(try Poller.wait(for: [started.pollItem], timeout: .eventDeadline) == [0])
    let thread = try #require(sleeper.thread.withLock { $0 })
    var end: [Int] = []
    for _ in 0..<1000 where end.isEmpty {
      pthread_kill(thread, SIGUSR1)
      end = try Poller.wait(for: [ended.pollItem], timeout: .milliseconds(20))
    }
    #expect(end == [0])
    #expect(sleeper.readable.withLock { $0 } == [])
  }

  /// Waits for a doorbell that never rings, on a thread that receives signals.
  private final class Sleeper: Sendable {
    let thread = Mutex<pthread_t?>(nil)
    let readable = Mutex<[Int]?>(nil)

    func sleep(after started: Doorbell) {
      var signals = sigset_t()
      unsafe sigemptyset(&signals)
      unsafe sigaddset(&signals, SIGUSR1)
      unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      thread.withLock { $0 = pthread_self() }
      let bell = try? Doorbell()
      started.ring()
      let result = bell.flatMap { try? Poller.wait(for: [$0.pollItem], timeout: .milliseconds(300)) }
      readable.withLock { $0 = result }
    }
  }
}
