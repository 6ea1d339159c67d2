import Coordination
import Failures
import Foundation
import Hosting
import Launching
import Logging
import Parameters
import Roles
import RunDefinition
import Specification
import Transport
import ZeroMQ

extension TrainingRun {
  /// Starts the servers and workers of this run.
  func makeLauncher(
    of definition: RunDefinition, joining endpoint: ZeroMQ.Endpoint, key: RunKey, context: Context,
    observer: any RunObserver, log: LogFile
  ) throws -> any Launcher {
    switch spec.execution.launcher {
    case .threads:
      return ThreadLauncher(interrupt: context.shutDown) { [inputs] member, incarnation in
        var invitation = Invitation(role: member.role, endpoint: endpoint, key: key)
        invitation.rank = member.rank
        invitation.incarnation = incarnation
        invitation.definition = definition
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
        ProcessLog.variable: spec.execution.logFormat.rawValue,
      ]
      return ProcessLauncher(
        executable: "/proc/self/exe", environment: environment, log: log.descriptor
      ) { member, incarnation in
        Invitation.arguments(of: member.role, rank: member.rank, incarnation: incarnation, joining: endpoint)
      }
    case .ssh, .slurm, .env:
      if let placement { return makeLauncher(on: placement.hosts, in: placement.reservation, endpoint, key) }
      let hosts = try Hosts(
        for: spec.execution, data: spec.dataset.path, in: context, news: hostLog(log.descriptor, of: key))
      return makeLauncher(on: hosts, endpoint, key, closing: hosts.close)
    case .none:
      guard let listen = try spec.execution.listen.map(ZeroMQ.Endpoint.init), listen.port != nil else {
        let waiting = "Waiting \(Int(spec.execution.joinDeadline)) s. Run on this machine:"
        observer.waits(for: [waiting] + instructions(endpoint, key: key))
        return ManualLauncher { [self] in observer.waits(for: reminder(of: $0, endpoint, key: key)) }
      }
      let keys = try spec.execution.keys.map(HostKeyFile.keys)
      let poolKey = RunKey()
      let admission: any Admission = keys ?? poolKey
      let hosts = try Hosts(
        on: listen, over: try spec.execution.interface.map(InterfaceChoice.init), admitting: admission,
        version: Version.text, in: context, report: hostLog(log.descriptor, of: key))
      if keys == nil {
        observer.waits(
          for: instructions(hosts, key: poolKey) + ["or start the processes one by one:"]
            + instructions(endpoint, key: key))
      } else {
        observer.waits(for: instructions(hosts, key: nil))
      }
      return makeLauncher(on: hosts, endpoint, key, closing: hosts.close)
    }
  }

  private func makeLauncher(
    on hosts: Hosts, in reservation: Hosts.Reservation? = nil, _ endpoint: ZeroMQ.Endpoint, _ key: RunKey,
    closing: @escaping () -> Void = {}
  ) -> any Launcher {
    HostLauncher(
      on: hosts, in: reservation, key: key, port: endpoint.port ?? 0, threads: spec.execution.threads, closing: closing)
  }

  /// A log of this process, in the form that the spec wants.
  func logger(_ label: String, to descriptor: Int32, of key: RunKey) -> Logger {
    var logger = Logger(label: label) { [spec] in
      RunLog(label: $0, descriptor: descriptor, isJSON: spec.execution.logFormat == .json)
    }
    logger[metadataKey: "run"] = .string(RunKey.name(ofSession: key.session))
    logger[metadataKey: "role"] = "coordinator"
    return logger
  }

  private func hostLog(_ descriptor: Int32, of key: RunKey) -> @Sendable (Hosts.News) -> Void {
    let logger = logger("hosts", to: descriptor, of: key)
    return { news in
      switch news {
      case .joined, .measured: logger.info("\(news)")
      case .lost, .restarting, .refused: logger.notice("\(news)")
      }
    }
  }

  private func joinArguments(_ endpoint: ZeroMQ.Endpoint) -> String {
    "--join \(endpoint.reachable.first ?? endpoint) --run \(spec.specHash.prefix(12))"
  }

  /// The command for each machine.
  ///
  /// - Parameter key: of the pool; `nil` if each machine has a file of keys.
  private func instructions(_ hosts: Hosts, key: RunKey?) -> [String] {
    let (servers, workers) = (spec.execution.servers, spec.execution.workers)
    let endpoints = hosts.addresses.map(\.description).joined(separator: ",")
    let isLocal = hosts.addresses.allSatisfy(\.isLoopback)
    return [
      "Waiting \(Int(spec.execution.joinDeadline)) s for \(counted(servers, "server")) and \(counted(workers, "worker")). "
        + (isLocal ? "Only this machine can reach the address. Run on it:" : "Run on each machine:"),
      "  " + (key.map { "\(Invitation.keyVariable)=\($0.text) " } ?? "") + "tare host --join \(endpoints)"
        + (key == nil ? " --keys FILE" : ""),
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
      return try ZeroMQ.Endpoint(.tcp(host: execution.launcher.usesHosts ? "*" : "127.0.0.1", port: 0))
    case .ipc, .auto: return try ZeroMQ.Endpoint(.ipc(path: (scratch?.path ?? "/tmp") + "/c"))
    }
  }
}
