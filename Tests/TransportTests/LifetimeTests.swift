import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

@Suite struct LifetimeTests {
  private func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  /// Other suites of the process open descriptors in the meantime and close them; a leak of at least 200 would stay.
  @Test func twoHundredCyclesLeaveNoDescriptors() throws {
    let before = try openDescriptors()
    let limits = SocketLimits(linger: .milliseconds(10))
    for cycle in 0..<200 {
      let context = try Context()
      let listener = try Listener(
        on: Network.allCases[cycle % 3].endpoint(), in: context, key: key, limits: limits)
      let connection = try Connection(to: listener.endpoint, in: context, key: key, limits: limits)
      let mailbox = try Mailbox<Int>()
      _ = try connection.send(envelope(.heartbeat(Heartbeat(progress: cycle))))
      if cycle % 4 == 0 { _ = try listener.next() }
      mailbox.post(cycle)
    }
    #expect(try eventually([]) { try openDescriptors() < before + 100 })
  }

  @Test func aListenerRemovesItsSocketFile() throws {
    let endpoint = try Network.ipc.endpoint()
    let path = String(endpoint.description.dropFirst("ipc://".count))
    let context = try Context()
    try withExtendedLifetime(Listener(on: endpoint, in: context, key: key)) { _ in
      #expect(FileManager.default.fileExists(atPath: path))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func closingWithUnsentMessagesEndsAfterTheLingerTime() throws {
    let ended = try Mailbox<Bool>()
    Thread {
      do {
        let limits = SocketLimits(linger: .milliseconds(50))
        let connection = try Connection(
          to: Network.ipc.endpoint(), in: Context(), key: key, limits: limits)
        _ = try connection.send(weights(Float.self, count: 1000), payload: Buffer<Float>(count: 1000))
      } catch { Issue.record(error) }
      ended.post(true)
    }.start()
    #expect(try Waiter.wait(for: [ended], timeout: .eventDeadline) == [0])
  }

  @Test func anEndpointThatIsTakenIsAnError() throws {
    let context = try Context()
    let first = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    let error = #expect(throws: ZeroMQError.self) {
      try Listener(on: first.endpoint, in: context, key: key)
    }
    #expect(error?.description == "cannot listen on \(first.endpoint): Address already in use")
  }

  @Test func aMailboxKeepsOrderAndLosesNothing() throws {
    let mailbox = try Mailbox<(thread: Int, value: Int)>()
    for thread in 0..<4 {
      Thread { for value in 0..<1000 { mailbox.post((thread, value)) } }.start()
    }
    var taken = [[Int]](repeating: [], count: 4)
    let all = try eventually([mailbox]) {
      for (thread, value) in mailbox.takeAll() { taken[thread].append(value) }
      return taken.allSatisfy { $0.count == 1000 }
    }
    #expect(all)
    #expect(taken.allSatisfy { $0 == Array(0..<1000) })
    #expect(try Waiter.wait(for: [mailbox], timeout: .zero) == [])
  }

  @Test("a thread waits for sockets and mailbox together, with or without yielding", arguments: [false, true])
  func together(yields: Bool) throws {
    let context = try Context()
    let listener = try Listener(on: Network.ipc.endpoint(), in: context, key: key)
    let idle = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    let connection = try Connection(to: listener.endpoint, in: context, key: key)
    let mailbox = try Mailbox<Int>()
    var waiter = Waiter(yields: yields)
    Thread { mailbox.post(1) }.start()
    #expect(try waiter.wait(for: [idle, mailbox, listener], timeout: .eventDeadline) == [1])
    #expect(mailbox.takeAll() == [1])
    _ = try connection.send(envelope(.heartbeat(Heartbeat(progress: 1))))
    #expect(try waiter.wait(for: [idle, mailbox, listener], timeout: .eventDeadline) == [2])
    #expect(try waiter.wait(for: [idle, mailbox], timeout: .zero) == [])
  }
}
