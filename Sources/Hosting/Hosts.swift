package import Coordination
import Failures
import Foundation
import Messages
package import Parameters
import Roles
import Synchronization
package import Transport
package import ZeroMQ

/// A pool of hosts, served by a thread of its own: `HostPool` over a listener. Runs place processes on it.
package final class Hosts: Sendable {
  /// What happens to hosts.
  package enum News: Sendable, CustomStringConvertible {
    case joined(HostFacts)
    case measured(name: String, HostLink)
    case lost(name: String, why: String)
    case restarting(name: String)
    /// Somebody who may not join.
    case refused(String)

    package var description: String {
      switch self {
      case .joined(let facts):
        """
        host \(facts.name) joined: \(counted(facts.slots, "slot")), \(counted(facts.cores, "processor")), \
        \(facts.memory >> 30) GiB, \(facts.isa), tare \(facts.version)
        """
      case .measured(let name, let link):
        "host \(name): round trip \(Int(link.roundTrip * 1e6)) µs, \(Int(link.bandwidth / 1e6)) MB/s"
      case .lost(let name, let why): "host \(name) was lost: \(why)"
      case .restarting(let name): "host \(name): its agent is started again"
      case .refused(let who): "refused \(who)"
      }
    }
  }

  /// Where agents join.
  package let addresses: [ZeroMQ.Endpoint]
  private let starter: (any AgentStarter)?
  private let commands: Mailbox<Command>
  private let absent: Absent
  private let end = DispatchSemaphore(value: 0)

  private enum Command: Sendable {
    case place(HostedProcess, slots: Int, reservation: Int?, ended: @Sendable (HostedEnding) -> Void)
    case remove(id: Int)
    case reserve(id: Int, slots: Int, granted: @Sendable (String?) -> Void)
    case release(reservation: Int)
    case survey(@Sendable (HostSurvey) -> Void)
    case refuseReservations(why: String)
    case absent(name: String, why: String, isSudden: Bool)
    case close
  }

  /// A pool of agents that come by themselves.
  ///
  /// - Parameters:
  ///   - endpoint: where agents join.
  ///   - choice: the networks of this machine by which agents are to reach it.
  ///   - admission: whom it lets in. A machine that this lists by name is called so, whatever it calls itself.
  ///   - report: called on the pool's thread.
  package convenience init(
    on endpoint: ZeroMQ.Endpoint, over choice: InterfaceChoice? = nil, admitting admission: some Admission,
    version: String, in context: Context, report: @escaping @Sendable (News) -> Void
  ) throws {
    try self.init(
      on: endpoint, over: choice, admitting: admission, startedBy: nil, version: version, in: context, report: report)
  }

  /// A pool of agents that `starter` starts, with the key.
  package convenience init(
    on endpoint: ZeroMQ.Endpoint, over choice: InterfaceChoice? = nil, key: RunKey,
    startedBy starter: any AgentStarter, version: String, in context: Context,
    report: @escaping @Sendable (News) -> Void
  ) throws {
    try self.init(
      on: endpoint, over: choice, admitting: key, startedBy: (starter, key), version: version, in: context,
      report: report)
  }

  private init(
    on endpoint: ZeroMQ.Endpoint, over choice: InterfaceChoice?, admitting admission: some Admission,
    startedBy agents: (starter: any AgentStarter, key: RunKey)?, version: String, in context: Context,
    report: @escaping @Sendable (News) -> Void
  ) throws {
    let commands = try Mailbox<Command>()
    let starter = agents?.starter
    let absent: AgentStarter.Absent = { commands.post(.absent(name: $0, why: $1, isSudden: $2)) }
    let listener = try Listener(on: endpoint, in: context, key: admission)
    addresses = try listener.endpoint.reachable(over: choice)
    (self.starter, self.commands) = (starter, commands)
    self.absent = Absent()
    let loop = Loop(
      pool: HostPool(expecting: starter?.hosts ?? [], version: version), session: admission.session, listener: listener,
      commands: commands, absent: self.absent, report: report
    ) { [addresses] name in
      if let agents { agents.starter.restart(name, joining: addresses, key: agents.key, absent: absent) }
    }
    let entrance = UncheckedSendable(loop)
    Thread.detachNewThread { [end] in
      entrance.value.run()
      end.signal()
    }
    if let agents { agents.starter.start(joining: addresses, key: agents.key, absent: absent) }
  }

  /// - Parameter ended: called once, from the pool's thread, when the process has ended, its host was lost, or none has room for it.
  package func place(
    _ process: HostedProcess, slots: Int, in reservation: Reservation?,
    ended: @escaping @Sendable (HostedEnding) -> Void
  ) {
    commands.post(.place(process, slots: slots, reservation: reservation?.id, ended: ended))
  }

  package func remove(id: Int) { commands.post(.remove(id: id)) }

  /// Slots of one host, kept for a run.
  package struct Reservation: Sendable {
    fileprivate let id: Int
  }

  /// Waits until a host has that many slots free.
  ///
  /// - Throws: `RunError` if none ever will, or after `refuseReservations`.
  package func reserve(slots: Int) throws -> Reservation {
    let id = HostLauncher.nextID()
    let obstacle = ask { .reserve(id: id, slots: slots, granted: $0) }
    if let obstacle { throw RunError(ExitCode.unavailable, obstacle) }
    return Reservation(id: id)
  }

  /// Waits for the answer of the pool's thread to a command that takes one.
  private func ask<Answer: Sendable>(_ command: (@escaping @Sendable (Answer) -> Void) -> Command) -> Answer {
    let answer = Mutex<Answer?>(nil)
    let answered = DispatchSemaphore(value: 0)
    commands.post(
      command { given in
        answer.withLock { $0 = given }
        answered.signal()
      })
    while true {
      answered.wait()
      if let given = answer.withLock({ $0 }) { return given }
    }
  }

  /// Names of the hosts that are awaited and haven't joined.
  package var missing: [String] { absent.names.withLock { $0 } }

  private final class Absent: Sendable {
    let names = Mutex<[String]>([])
  }

  /// What the hosts are, and what runs there.
  package func survey() -> HostSurvey { ask { .survey($0) } }

  /// Ends every wait for a reservation, also of those who will ask.
  package func refuseReservations(because why: String) { commands.post(.refuseReservations(why: why)) }

  package func release(_ reservation: Reservation) { commands.post(.release(reservation: reservation.id)) }

  /// Ends what still runs, and tells the agents that they are no longer needed; none that was started is left.
  package func close() {
    commands.post(.close)
    end.wait()
    starter?.close(within: 5)
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
    private let absent: Absent
    private let report: (News) -> Void
    private let restart: (String) -> Void
    private var endings: [Int: @Sendable (HostedEnding) -> Void] = [:]
    private var probes = HostProbes<Peer>()
    private var links: [Peer: HostLink] = [:]
    /// Offers of machines whose links are being measured.
    private var offers: [Peer: HostFacts] = [:]
    private var grants: [Int: @Sendable (String?) -> Void] = [:]
    private var refusal: String?
    private var isClosed = false

    init(
      pool: HostPool<Peer>, session: UInt64, listener: Listener, commands: Mailbox<Command>,
      absent: Absent, report: @escaping (News) -> Void,
      restart: @escaping (String) -> Void
    ) {
      (self.pool, self.session, self.listener) = (pool, session, listener)
      (self.commands, self.absent, self.report, self.restart) = (commands, absent, report, restart)
      // Who is refused comes again and again.
      var known: Set<CurvePublicKey> = []
      listener.onRefused = { peer in
        guard known.count < 100, known.insert(peer.key).inserted else { return }
        report(.refused("a machine at \(peer.address), whose key \(peer.key.bytes.hexadecimal) is not listed"))
      }
    }

    func run() {
      do {
        while !isClosed {
          _ = try Waiter.wait(for: [listener, commands], timeout: .milliseconds(100))
          while let received = try listener.receive() { try take(received) }
          for command in commands.takeAll() { try take(command) }
          try handle(.tick)
          try follow(probes.tick(now: Clock.now, wall: Self.wall))
          absent.names.withLock { $0 = pool.missing }
        }
        for host in pool.hosts { try tell(.stop(Stop(exitCode: Int(ExitCode.done), sentence: "done")), to: host.peer) }
      } catch {
        for ended in endings.values { ended(.ended("the pool of hosts failed: \(error)")) }
        for grant in grants.values { grant("the pool of hosts failed: \(error)") }
      }
    }

    private func take(_ received: Received) throws {
      switch received.envelope.message {
      case .hostHello(var facts):
        if let name = received.sender { facts.name = name }
        if pool.hosts.contains(where: { $0.facts.incarnation == facts.incarnation }) {
          return try handle(.hello(received.peer, facts))
        }
        offers[received.peer] = facts
        guard !probes.isPending(received.peer) else { return }
        try follow(probes.measure(received.peer, now: Clock.now, wall: Self.wall))
      case .hostReport(let report): try handle(.report(received.peer, report))
      case .hostProbeReply(let reply):
        try follow(probes.reply(reply, of: received.peer, now: Clock.now, wall: Self.wall))
      case .hello:
        // A server or worker that was started with the address of the hosts.
        let sentence = "this address is for tare host; servers and workers join the run's coordinator"
        try tell(.refused(Refused(exitCode: Int(ExitCode.usage), sentence: sentence)), to: received.peer)
      default: break
      }
    }

    private func take(_ command: Command) throws {
      switch command {
      case .place(let process, let slots, let reservation, let ended):
        endings[process.id] = ended
        try handle(.place(process, slots: slots, reservation: reservation))
      case .reserve(let id, let slots, let granted):
        if let refusal { return granted(refusal) }
        grants[id] = granted
        try handle(.reserve(id: id, slots: slots))
      case .release(let id): try handle(.release(reservation: id))
      case .survey(let answer):
        answer(
          HostSurvey(pool.hosts.map { HostSurvey.Row(facts: $0.facts, processes: $0.processes, link: links[$0.peer]) }))
      case .remove(let id):
        endings.removeValue(forKey: id)?(.ended("no longer needed"))
        try handle(.remove(id: id))
      case .refuseReservations(let why):
        refusal = why
        for (id, grant) in grants {
          try handle(.release(reservation: id))
          grant(why)
        }
        grants = [:]
      case .absent(let name, let why, let isSudden):
        try handle(.absent(name: name, why: why, isSudden: isSudden))
      case .close: isClosed = true
      }
    }

    private func handle(_ event: HostPool<Peer>.Event) throws {
      for effect in pool.handle(event, now: Clock.now) {
        switch effect {
        case .orders(let peer, let orders): try tell(.hostOrders(orders), to: peer)
        case .refuse(let peer, let exitCode, let sentence):
          try tell(.refused(Refused(exitCode: Int(exitCode), sentence: sentence)), to: peer)
        case .joined(let facts):
          report(.joined(facts))
          let peer = pool.hosts.first { $0.facts == facts }?.peer
          if let link = peer.flatMap({ links[$0] }) { report(.measured(name: facts.name, link)) }
        case .lost(let name, let why): report(.lost(name: name, why: why))
        case .restart(let name):
          report(.restarting(name: name))
          restart(name)
        case .ended(let id, let how): endings.removeValue(forKey: id)?(.ended(how))
        case .noRoom(let id, let why): endings.removeValue(forKey: id)?(.noRoom(why))
        case .reserved(let id): grants.removeValue(forKey: id)?(nil)
        case .unreservable(let id, let why): grants.removeValue(forKey: id)?(why)
        }
      }
    }

    private func follow(_ effects: [HostProbes<Peer>.Effect]) throws {
      for effect in effects {
        switch effect {
        case .probe(let peer, let number, let bytes):
          try probe(peer, number, bytes)
        case .done(let peer, let link):
          links[peer] = link
          guard let facts = offers.removeValue(forKey: peer) else { continue }
          try handle(.hello(peer, facts))
          // The same agent offers itself over each address that it was given, and drops the others now.
          for (other, offer) in offers where offer.incarnation == facts.incarnation {
            offers[other] = nil
            try follow(probes.cancel(other, now: Clock.now, wall: Self.wall))
          }
        }
      }
    }

    private func probe(_ peer: Peer, _ number: Int, _ bytes: Int) throws {
      let count = bytes / MemoryLayout<Float>.stride
      guard count > 0 else { return try tell(.hostProbe(HostProbe(number: number)), to: peer) }
      let tensor = TensorHeader(elementType: .float32, offset: 0, count: count)
      let message = Message.hostProbe(HostProbe(number: number, tensor: tensor))
      _ = try listener.send(
        Envelope(session: session, generation: 0, message: message), payload: Buffer<Float>(count: count), to: peer)
    }

    private static var wall: Double { Date().timeIntervalSince1970 }

    private func tell(_ message: Message, to peer: Peer) throws {
      _ = try listener.send(Envelope(session: session, generation: 0, message: message), to: peer)
    }
  }
}
