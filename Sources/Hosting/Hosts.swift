import Coordination
import Failures
import Foundation
import Messages
package import Parameters
import Roles
package import Transport
package import ZeroMQ

/// A pool of hosts, served by a thread of its own: `HostPool` over a listener. Runs place processes on it.
package final class Hosts: Sendable {
  /// What happens to hosts.
  package enum News: Sendable {
    case joined(HostFacts)
    case lost(name: String, why: String)
  }

  package let endpoint: ZeroMQ.Endpoint
  package let key: RunKey
  private let commands: Mailbox<Command>
  private let end = DispatchSemaphore(value: 0)

  private enum Command: Sendable {
    case place(HostedProcess, slots: Int, ended: @Sendable (String) -> Void)
    case remove(id: Int)
    case absent(name: String, why: String)
    case close
  }

  /// - Parameters:
  ///   - endpoint: where agents join.
  ///   - expected: names of the hosts that are being started.
  ///   - report: called on the pool's thread.
  package init(
    on endpoint: ZeroMQ.Endpoint, key: RunKey, expecting expected: [String] = [], version: String, in context: Context,
    report: @escaping @Sendable (News) -> Void
  ) throws {
    let commands = try Mailbox<Command>()
    let listener = try Listener(on: endpoint, in: context, key: key)
    (self.endpoint, self.key, self.commands) = (listener.endpoint, key, commands)
    let loop = Loop(
      pool: HostPool(expecting: expected, version: version), session: key.session, listener: listener,
      commands: commands, report: report)
    let entrance = UncheckedSendable(loop)
    Thread.detachNewThread { [end] in
      entrance.value.run()
      end.signal()
    }
  }

  /// - Parameter ended: called once, from the pool's thread, when the process has ended or its host was lost.
  package func place(_ process: HostedProcess, slots: Int, ended: @escaping @Sendable (String) -> Void) {
    commands.post(.place(process, slots: slots, ended: ended))
  }

  package func remove(id: Int) { commands.post(.remove(id: id)) }

  /// The agent of a host has ended, or can't be started.
  package func noteAbsence(of name: String, why: String) { commands.post(.absent(name: name, why: why)) }

  /// Ends what still runs, and tells the agents that they are no longer needed.
  package func close() {
    commands.post(.close)
    end.wait()
  }

  /// Hands a value to the thread that owns it from then on.
  private struct UncheckedSendable<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private final class Loop {
    private var pool: HostPool<Peer>
    private let session: UInt64
    private let listener: Listener
    private let commands: Mailbox<Command>
    private let report: (News) -> Void
    private var endings: [Int: @Sendable (String) -> Void] = [:]
    private var isClosed = false

    init(
      pool: HostPool<Peer>, session: UInt64, listener: Listener, commands: Mailbox<Command>,
      report: @escaping (News) -> Void
    ) {
      (self.pool, self.session, self.listener) = (pool, session, listener)
      (self.commands, self.report) = (commands, report)
    }

    func run() {
      do {
        while !isClosed {
          _ = try Waiter.wait(for: [listener, commands], timeout: .milliseconds(100))
          while let received = try listener.receive() { try take(received) }
          for command in commands.takeAll() { try take(command) }
          try handle(.tick)
        }
        for host in pool.hosts { try tell(.stop(Stop(exitCode: Int(ExitCode.done), sentence: "done")), to: host.peer) }
      } catch {
        for ended in endings.values { ended("the pool of hosts failed: \(error)") }
      }
    }

    private func take(_ received: Received) throws {
      switch received.envelope.message {
      case .hostHello(let facts): try handle(.hello(received.peer, facts))
      case .hostReport(let report): try handle(.report(received.peer, report))
      case .hello:
        // A server or worker that was started with the address of the hosts.
        let sentence = "this address is for tare host; servers and workers join the run's coordinator"
        try tell(.refused(Refused(exitCode: Int(ExitCode.usage), sentence: sentence)), to: received.peer)
      default: break
      }
    }

    private func take(_ command: Command) throws {
      switch command {
      case .place(let process, let slots, let ended):
        endings[process.id] = ended
        try handle(.place(process, slots: slots))
      case .remove(let id):
        endings.removeValue(forKey: id)?("no longer needed")
        try handle(.remove(id: id))
      case .absent(let name, let why): try handle(.absent(name: name, why: why))
      case .close: isClosed = true
      }
    }

    private func handle(_ event: HostPool<Peer>.Event) throws {
      for effect in pool.handle(event, now: Clock.now) {
        switch effect {
        case .orders(let peer, let orders): try tell(.hostOrders(orders), to: peer)
        case .refuse(let peer, let exitCode, let sentence):
          try tell(.refused(Refused(exitCode: Int(exitCode), sentence: sentence)), to: peer)
        case .joined(let facts): report(.joined(facts))
        case .lost(let name, let why): report(.lost(name: name, why: why))
        case .ended(let id, let how): endings.removeValue(forKey: id)?(how)
        }
      }
    }

    private func tell(_ message: Message, to peer: Peer) throws {
      _ = try listener.send(Envelope(session: session, generation: 0, message: message), to: peer)
    }
  }
}
