import Coordination
import Failures
import Foundation
package import Launching
import Messages
import Parameters
import Roles
import Synchronization
import Transport
package import ZeroMQ

/// The agent of one machine: `HostAgent` over a connection to the pool, with child processes.
package final class HostRole {
  private let invitation: HostInvitation
  private let version: String
  private let incarnation = UInt64.random(in: 1...UInt64.max)
  private var agent: HostAgent
  private var connections: [Connection]
  /// What connections that are not there any more were refused for.
  private var refusals: [String] = []
  private let ended: Mailbox<HostReport.Ending>
  private var children: [Int: Child] = [:]
  private let departures = Departures()
  private var departure: Departure?
  private let scratch: ScratchOnDemand

  /// Serves until the pool needs the machine no more, or the process that has launched this one is gone; no child is left when it
  /// returns.
  ///
  /// - Parameters:
  ///   - version: of this program.
  ///   - scratch: for sockets of servers; the caller removes it.
  /// - Throws: `RunError` for every end but a good one.
  package static func run(_ invitation: HostInvitation, version: String, scratch: ScratchOnDemand, in context: Context)
    throws
  {
    let role = try HostRole(invitation, version: version, scratch: scratch, in: context)
    defer { role.endAll() }
    while role.departure == nil, !Lifeline.isCut.load(ordering: .relaxed) { try role.turn() }
    guard let departure = role.departure, departure.cause != .stopped || departure.exitCode != ExitCode.done else {
      return
    }
    throw RunError(departure.exitCode, departure.sentence)
  }

  private init(_ invitation: HostInvitation, version: String, scratch: ScratchOnDemand, in context: Context) throws {
    self.scratch = scratch
    self.invitation = invitation
    self.version = version
    agent = HostAgent(
      pool: invitation.endpoints.map(\.description).joined(separator: " or "), joinDeadline: invitation.deadline,
      rejoinDeadline: invitation.rejoinDeadline, now: Clock.now)
    connections = try invitation.endpoints.flatMap { endpoint in
      try invitation.credentials.map { try Connection(to: endpoint, in: context, key: $0, noticesRefusal: true) }
    }
    ended = try Mailbox()
  }

  private func turn() throws {
    _ = try Waiter.wait(for: [ended] + connections, timeout: .milliseconds(100))
    for connection in connections {
      while let received = try connection.receive() {
        // The others lead to the same pool, or nowhere.
        if case .hostOrders = received.envelope.message, connections.count > 1 { connections = [connection] }
        try take(received.envelope.message)
      }
    }
    for ending in ended.takeAll() {
      children[ending.id] = nil
      try handle(.ended(id: ending.id, how: ending.how))
    }
    let signal = Signals.farewell.load(ordering: .relaxed)
    if signal != 0 { try handle(.signaled(signal)) }
    try handle(.tick)
    try dropRefused()
  }

  /// Goes on with the connections whose keys may fit.
  ///
  /// - Throws: `RunError` if there is none, or the pool does not let this machine in.
  private func dropRefused() throws {
    var left: [Connection] = []
    for connection in connections {
      guard let refusal = try connection.refusal() else {
        left.append(connection)
        continue
      }
      let sentence = connection.sentence(on: refusal)
      if refusal == .connection { throw RunError(ExitCode.unavailable, sentence) }
      refusals.append(sentence)
    }
    connections = left
    if left.isEmpty { throw RunError(ExitCode.unavailable, refusals.joined(separator: "; ")) }
  }

  private func take(_ message: Message) throws {
    switch message {
    case .hostOrders(let orders): try handle(.orders(orders))
    case .hostProbe(let probe):
      try tell(.hostProbeReply(HostProbeReply(number: probe.number, time: Date().timeIntervalSince1970)))
    case .refused(let refused):
      try handle(.refused(exitCode: Int32(refused.exitCode), sentence: refused.sentence))
    case .stop(let stop): try handle(.stopped(exitCode: Int32(stop.exitCode), sentence: stop.sentence))
    default: break
    }
  }

  private func handle(_ event: HostAgent.Event) throws {
    for effect in agent.handle(event, now: Clock.now) {
      switch effect {
      case .hello: try tell(.hostHello(facts))
      case .start(let process): start(process)
      case .end(let id):
        guard let child = children.removeValue(forKey: id) else { continue }
        child.kill()
        child.release()
      case .report(let report): try tell(.hostReport(report))
      case .leave(let departure): self.departure = departure
      }
    }
  }

  private func tell(_ message: Message) throws {
    for connection in connections {
      _ = try connection.send(Envelope(session: connection.session, generation: 0, message: message))
    }
  }

  private var facts: HostFacts {
    HostFacts(
      name: invitation.name, incarnation: incarnation, slots: invitation.slots, cores: invitation.cores,
      memory: Int(clamping: ProcessInfo.processInfo.physicalMemory), isa: InstructionSet.current.rawValue,
      version: version, address: connections.first.flatMap { Self.address(toward: $0.endpoint) } ?? "")
  }

  private static func address(toward pool: ZeroMQ.Endpoint) -> String? {
    guard case .tcp(let host, let port) = pool.kind else { return nil }
    return try? Address.own(toward: host, port: port)
  }

  private func start(_ process: HostedProcess) {
    let member = Member(process.role == .server ? .server : .worker, process.rank)
    let name = member.description
    do {
      // Where it has reached the pool, it reaches the run's coordinator.
      guard let pool = connections.first?.endpoint, let coordinator = pool.with(port: process.port) else {
        throw RunError(ExitCode.software, "\(invitation.endpoints) is no TCP address")
      }
      var arguments = Invitation.arguments(
        of: member.role, rank: member.rank, incarnation: process.incarnation, joining: coordinator)
      if process.role == .server, let listen = try listen(process) { arguments += ["--listen", listen] }
      if process.role == .worker, let data = invitation.dataPath { arguments += ["--data", data] }
      let errors = try ErrorTail(of: name)
      defer { errors.release() }
      let child = try Child(
        name, executable: "/proc/self/exe", arguments: arguments,
        environment: [
          Invitation.keyVariable: process.key, Invitation.scratchVariable: "", Invitation.hostVariable: invitation.name,
        ], log: errors.descriptor)
      children[process.id] = child
      departures.arrive()
      child.watch { [ended, departures] status in
        let line = errors.lastLine()
        let how = line.isEmpty ? "\(status)" : "\(status): \(line)"
        ended.post(HostReport.Ending(id: process.id, how: how))
        departures.leave()
      }
    } catch {
      ended.post(HostReport.Ending(id: process.id, how: "\(error)"))
    }
  }

  /// Where a server listens, if it isn't to choose by itself: on a file if its workers are all on this machine, which is faster
  /// than TCP and needs no encryption.
  private func listen(_ server: HostedProcess) throws -> String? {
    if server.isWithAll { return "ipc://\(try scratch.path())/s\(server.id)" }
    guard let address = try invitation.interfaces?.select(from: NetworkAddresses.all()).first?.address else {
      return nil
    }
    return try ZeroMQ.Endpoint(address: address, port: 0).description
  }

  /// The most seconds that children take to end by themselves, and once they are killed.
  private static let patience = (released: 3.0, killed: 10.0)

  /// After so many seconds without the process that has launched it, an agent has long ended its children.
  package static var farewell: Double { patience.released + patience.killed + 2 }

  private func endAll() {
    for child in children.values { child.release() }
    // They end by themselves at once, unless they are stopped or blocked.
    if !departures.wait(seconds: Self.patience.released) {
      for child in children.values { child.kill() }
      _ = departures.wait(seconds: Self.patience.killed)
    }
  }
}
