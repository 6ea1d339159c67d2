import Coordination
import Failures
import Foundation
import Hosting
import Launching
import Records
import Specification
import Synchronization
import Training
import ZeroMQ

/// What `--launcher env` makes of a process that isn't rank 0: the agent of its machine.
enum RankedHost {
  /// Offers this machine to the run or sweep of rank 0, until that is over.
  ///
  /// - Parameters:
  ///   - joinDeadline: seconds to wait for rank 0.
  ///   - data: where the images are on this machine, if the command says so.
  /// - Returns: `false` at once if this process is to lead.
  /// - Throws: `UsageError` for variables that make no sense; as `HostRole.run`.
  static func serves(
    _ launcher: ExecutionSpec.Launcher, _ joinDeadline: Double = Timing.joining, data: String?
  ) throws -> Bool {
    guard launcher == .env else { return false }
    let place = try ProcessRank(ProcessInfo.processInfo.environment)
    let available = Processors.available
    let slots = place.slots(of: available, online: Processors.shared)
    note(place, slots, available)
    guard place.rank > 0 else { return false }
    let scratch = ScratchOnDemand()
    defer { scratch.remove() }
    SignalHandling.follow(first: { Signals.farewell.store($0, ordering: .relaxed) }, second: scratch.remove)
    try ResourceLimits.checkMember()
    let invitation = HostInvitation(
      endpoints: [try place.endpoint], credentials: [place.key], name: RankStarter.name(of: place.rank), slots: slots,
      cores: available, dataPath: data, deadline: joinDeadline, rejoinDeadline: Timing.rejoining)
    try HostRole.run(invitation, version: Version.text, scratch: scratch, in: Context())
    return true
  }

  private static func note(_ place: ProcessRank, _ slots: Int, _ available: Int) {
    let online = ProcessInfo.processInfo.processorCount
    let bound = available < online ? ", as this process may use \(available) of \(counted(online, "processor"))" : ""
    StandardError.print(
      "rank \(place.rank) of \(place.size) by \(place.source): "
        + (place.rank == 0 ? "leads" : "a host for rank 0 at \(place.leader) port \(place.port)")
        + " with \(counted(slots, "slot"))\(bound)")
  }
}
