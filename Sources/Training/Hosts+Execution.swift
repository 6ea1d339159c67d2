import Foundation
package import Hosting
import Records
package import Specification
import Transport
package import ZeroMQ

extension Hosts {
  /// Whether the machines that `execution` names make sense, before anything is made or started.
  ///
  /// - Throws: `UsageError` for machines, networks or variables that make no sense; `RunError` without Slurm's programs.
  package static func check(_ execution: ExecutionSpec) throws {
    if let interface = execution.interface { _ = try InterfaceChoice(interface).select(from: NetworkAddresses.all()) }
    switch execution.launcher {
    case .env: _ = try ProcessRank(ProcessInfo.processInfo.environment)
    case .slurm: try SlurmAllocation().check(workers: execution.workers, threads: execution.threads)
    case .ssh: _ = try HostList(execution.hosts ?? "")
    case .none: _ = try execution.keys.map(HostKeyFile.keys)
    case .processes, .threads: break
    }
  }

  /// Opens the pool of the machines that `execution` names, and starts their agents.
  ///
  /// - Parameters:
  ///   - execution: checked; its launcher uses hosts.
  ///   - data: where the images are on this machine, if the spec says so.
  ///   - news: called on the pool's thread.
  /// - Throws: `UsageError` for machines or variables that make no sense; `TransportError` for a port that is taken.
  package convenience init(
    for execution: ExecutionSpec, data: String?, in context: Context, news: @escaping @Sendable (News) -> Void
  ) throws {
    let choice = try execution.interface.map(InterfaceChoice.init)
    switch execution.launcher {
    case .env:
      let place = try ProcessRank(ProcessInfo.processInfo.environment)
      try self.init(
        on: ZeroMQ.Endpoint(.tcp(host: "*", port: place.port)), over: choice, key: place.key,
        startedBy: RankStarter(
          place, slots: place.slots(of: Processors.available, online: Processors.shared), data: data),
        version: Version.text, in: context, report: news)
    case .slurm:
      try self.init(
        on: ZeroMQ.Endpoint(.tcp(host: "*", port: 0)), over: choice, key: RunKey(),
        startedBy: SlurmStarter(SlurmAllocation()),
        version: Version.text, in: context, report: news)
    case .ssh, .none, .processes, .threads:
      try self.init(
        on: ZeroMQ.Endpoint(.tcp(host: "*", port: 0)), over: choice, key: RunKey(),
        startedBy: ShellStarter(try HostList(execution.hosts ?? ""), copies: execution.copy), version: Version.text,
        in: context, report: news)
    }
  }
}
