import Coordination
import Failures
import Foundation
import Hosting
import Launching
import Logging
import Parameters
import Roles
import Specification
import Transport
import ZeroMQ

extension TrainingRun {
  /// Starts the servers and workers of this run.
  func makeLauncher(
    joining endpoint: ZeroMQ.Endpoint, key: RunKey, context: Context, observer: any RunObserver, log: LogFile
  ) throws -> any Launcher {
    switch spec.execution.launcher {
    case .threads:
      return ThreadLauncher(interrupt: context.shutDown) { [inputs] member, incarnation in
        var invitation = Invitation(role: member.role, endpoint: endpoint, key: key)
        invitation.rank = member.rank
        invitation.incarnation = incarnation
        do {
          switch member.role {
          case .server: try ServerRole.run(invitation, in: context, initialWeights: inputs.initialWeights)
          case .worker: try WorkerRole.run(invitation, in: context, datasets: inputs.datasets)
          }
          return "done"
        } catch {
          return "\(error)"
        }
      }
    case .processes:
      let environment = [
        Invitation.keyVariable: key.text, Invitation.scratchVariable: scratch?.path ?? "",
      ]
      return ProcessLauncher(
        executable: "/proc/self/exe", environment: environment, log: log.descriptor
      ) { member, incarnation in
        Invitation.arguments(of: member.role, rank: member.rank, incarnation: incarnation, joining: endpoint)
      }
    case .ssh:
      let list = try HostList(spec.execution.hosts ?? "")
      let hosts = try makeHosts(
        on: ZeroMQ.Endpoint(.tcp(host: "*", port: 0)), expecting: list.entries.map(\.name), context, observer, log)
      let starter = AgentStarter(list, for: hosts, at: hosts.endpoint.reachable)
      starter.start()
      return HostLauncher(on: hosts, key: key, port: endpoint.port ?? 0, threads: spec.execution.threads) {
        hosts.close()
        starter.close()
      }
    case .slurm:
      let allocation = try SlurmAllocation()
      try allocation.check(workers: spec.execution.workers, threads: spec.execution.threads)
      let starter = SlurmStarter(allocation)
      let hosts = try makeHosts(
        on: ZeroMQ.Endpoint(.tcp(host: "*", port: 0)), expecting: starter.hosts, context, observer, log)
      starter.start(joining: hosts.endpoint.reachable, key: hosts.key) { hosts.noteAbsence(of: $0, why: $1) }
      return HostLauncher(on: hosts, key: key, port: endpoint.port ?? 0, threads: spec.execution.threads) {
        hosts.close()
        starter.close()
      }
    case .none:
      guard let listen = try spec.execution.listen.map(ZeroMQ.Endpoint.init), listen.port != nil else {
        let waiting = "Waiting \(Int(spec.execution.joinDeadline)) s. Run on this machine:"
        observer.waits(for: [waiting] + instructions(endpoint, key: key))
        return ManualLauncher { [self] in observer.waits(for: reminder(of: $0, endpoint, key: key)) }
      }
      let hosts = try makeHosts(on: listen, context, observer, log)
      observer.waits(
        for: instructions(hosts) + ["or start the processes one by one:"] + instructions(endpoint, key: key))
      return HostLauncher(
        on: hosts, key: key, port: endpoint.port ?? 0, threads: spec.execution.threads, closing: hosts.close)
    }
  }

  /// The pool of hosts of this run.
  private func makeHosts(
    on endpoint: ZeroMQ.Endpoint, expecting expected: [String] = [], _ context: Context, _ observer: any RunObserver,
    _ log: LogFile
  ) throws -> Hosts {
    let logger = Logger(label: "hosts") { [descriptor = log.descriptor] in RunLog(label: $0, descriptor: descriptor) }
    return try Hosts(on: endpoint, key: RunKey(), expecting: expected, version: Version.text, in: context) { news in
      switch news {
      case .joined(let facts):
        logger.info(
          """
          host \(facts.name) joined: \(counted(facts.slots, "slot")), \(counted(facts.cores, "processor")), \
          \(facts.memory >> 30) GiB, \(facts.isa), tare \(facts.version)
          """)
      case .lost(let name, let why): logger.notice("host \(name) was lost: \(why)")
      }
    }
  }

  private func joinArguments(_ endpoint: ZeroMQ.Endpoint) -> String {
    "--join \(endpoint.reachable.first ?? endpoint) --run \(spec.specHash.prefix(12))"
  }

  /// The command for each machine.
  private func instructions(_ hosts: Hosts) -> [String] {
    let (servers, workers) = (spec.execution.servers, spec.execution.workers)
    let endpoints = hosts.endpoint.reachable.map(\.description).joined(separator: ",")
    return [
      "Waiting \(Int(spec.execution.joinDeadline)) s for \(counted(servers, "server")) and \(counted(workers, "worker")). "
        + "Run on each machine:",
      "  \(Invitation.keyVariable)=\(hosts.key.text) tare host --join \(endpoints)",
    ]
  }

  /// The commands for members that are started one by one.
  private func instructions(_ endpoint: ZeroMQ.Endpoint, key: RunKey) -> [String] {
    let (servers, workers) = (spec.execution.servers, spec.execution.workers)
    let arguments = joinArguments(endpoint)
    let variable = "\(Invitation.keyVariable)=\(key.text)"
    return [
      "  \(variable) tare server \(arguments)\(servers > 1 ? "    (\(servers) times)" : "")",
      "  \(variable) tare worker \(arguments)\(workers > 1 ? "    (\(workers) times)" : "")",
    ]
  }

  /// The command for a member that is missing.
  private func reminder(of member: Member, _ endpoint: ZeroMQ.Endpoint, key: RunKey) -> [String] {
    let command = "\(Invitation.keyVariable)=\(key.text) tare \(member.role.rawValue) \(joinArguments(endpoint))"
    return ["\(member) is missing. Run on any machine:", "  \(command) --rank \(member.rank)"]
  }
}

extension RunSpec {
  /// Whether the processes connect through socket files in a scratch folder.
  var needsScratchFolder: Bool { execution.launcher == .processes && execution.transport == .ipc }

  /// Where the coordinator listens.
  func coordinatorEndpoint(scratch: ScratchFolder?, key: RunKey) throws -> ZeroMQ.Endpoint {
    if let listen = try execution.listen.map(ZeroMQ.Endpoint.init) {
      // Hosts join at that port; their processes are told the run's own.
      return listen.with(port: 0) ?? listen
    }
    switch execution.transport {
    case .inproc: return try ZeroMQ.Endpoint(.inproc(name: "run-\(key.session)"))
    case .tcp:
      // Other machines connect to it, or only this one.
      return try ZeroMQ.Endpoint(.tcp(host: [.ssh, .slurm].contains(execution.launcher) ? "*" : "127.0.0.1", port: 0))
    case .ipc, .auto: return try ZeroMQ.Endpoint(.ipc(path: (scratch?.path ?? "/tmp") + "/c"))
    }
  }
}

extension ZeroMQ.Endpoint {
  /// As others reach it: the addresses of this machine in place of "all addresses".
  var reachable: [ZeroMQ.Endpoint] {
    guard case .tcp(let host, let port) = kind, ["0.0.0.0", "*", "[::]"].contains(host) else { return [self] }
    let addresses = NetworkAddresses.reachable(NetworkAddresses.all()).filter { host != "0.0.0.0" || !$0.contains(":") }
    let found = addresses.compactMap { address in
      try? ZeroMQ.Endpoint(.tcp(host: address.contains(":") ? "[\(address)]" : address, port: port))
    }
    return found.isEmpty ? [with(host: "127.0.0.1") ?? self] : found
  }

  private func with(host: String) -> ZeroMQ.Endpoint? {
    port.flatMap { try? ZeroMQ.Endpoint(.tcp(host: host, port: $0)) }
  }
}
