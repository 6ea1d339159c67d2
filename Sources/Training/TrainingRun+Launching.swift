import Coordination
import Failures
import Foundation
import Launching
import Roles
import Specification
import ZeroMQ

extension TrainingRun {
  /// Starts the servers and workers of this run.
  func makeLauncher(
    joining endpoint: ZeroMQ.Endpoint, session: UInt64, context: Context, observer: any RunObserver, log: LogFile
  ) -> any Launcher {
    switch spec.execution.launcher {
    case .threads:
      return ThreadLauncher(interrupt: context.shutDown) { [inputs] member, incarnation in
        var invitation = Invitation(role: member.role, endpoint: endpoint, session: session)
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
        Invitation.keyVariable: Invitation.key(of: session), Invitation.scratchVariable: scratch?.path ?? "",
      ]
      return ProcessLauncher(
        executable: "/proc/self/exe", environment: environment, log: log.descriptor
      ) { member, incarnation in
        [
          member.role.rawValue, "--join", endpoint.description, "--rank", "\(member.rank)", "--incarnation",
          "\(incarnation)", "--child",
        ]
      }
    case .none:
      observer.waits(for: instructions(endpoint, key: Invitation.key(of: session)))
      let command = "tare %@ \(joinArguments(endpoint, key: Invitation.key(of: session)))"
      return ManualLauncher { member in
        let command = command.replacing("%@", with: member.role.rawValue)
        observer.waits(for: ["\(member) is missing. Run on any machine:", "  \(command) --rank \(member.rank)"])
      }
    }
  }

  private func joinArguments(_ endpoint: ZeroMQ.Endpoint, key: String) -> String {
    "--join \(endpoint.reachable) --key \(key) --run \(spec.specHash.prefix(12))"
  }

  /// The commands for the machines of the run.
  private func instructions(_ endpoint: ZeroMQ.Endpoint, key: String) -> [String] {
    let arguments = joinArguments(endpoint, key: key)
    let (servers, workers) = (spec.execution.servers, spec.execution.workers)
    return [
      "Waiting \(Int(spec.execution.joinDeadline)) s for \(counted(servers, "server")) and \(counted(workers, "worker")). "
        + "Run on any machine:",
      "  tare server \(arguments)\(servers > 1 ? "    (\(servers) times)" : "")",
      "  tare worker \(arguments)\(workers > 1 ? "    (\(workers) times)" : "")",
    ]
  }
}

extension RunSpec {
  /// Whether the processes connect through socket files in a scratch folder.
  var needsScratchFolder: Bool { execution.launcher == .processes && execution.transport == .ipc }

  /// Where the coordinator listens.
  func coordinatorEndpoint(scratch: ScratchFolder?, session: UInt64) throws -> ZeroMQ.Endpoint {
    if let listen = execution.listen { return try ZeroMQ.Endpoint(listen) }
    switch execution.transport {
    case .inproc: return try ZeroMQ.Endpoint(.inproc(name: Invitation.key(of: session)))
    case .tcp: return try ZeroMQ.Endpoint(.tcp(host: "127.0.0.1", port: 0))
    case .ipc, .auto: return try ZeroMQ.Endpoint(.ipc(path: (scratch?.path ?? "/tmp") + "/c"))
    }
  }
}

extension ZeroMQ.Endpoint {
  /// As others reach it: this host's name in place of "all addresses".
  var reachable: String {
    guard case .tcp(let host, let port) = kind, host == "0.0.0.0" || host == "*" else { return description }
    return "tcp://\(ProcessInfo.processInfo.hostName):\(port)"
  }
}
