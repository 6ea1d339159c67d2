import ArgumentParser
import Coordination
import Failures
import Foundation
import Launching
import Roles
import Synchronization
import Training
import ZeroMQ

/// The run that a server or worker joins.
struct JoinOptions: ParsableArguments {
  @Option(
    name: .customLong("join"),
    help: ArgumentHelp("Endpoint of the run's coordinator, or the folder of a running run.", valueName: "endpoint"))
  var target: String

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Join only if the run's hash begins with this.", valueName: "hash"))
  var specHash: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Rank, from 0 (default: the next free one).", valueName: "n"))
  var rank: Int?

  @OptionGroup var connection: ConnectionOptions

  /// Numbers the starts of one member by its coordinator.
  @Option(parsing: .unconditional, help: .hidden)
  var incarnation: UInt64 = 0

  /// Started by a coordinator on this machine; ends with it.
  @Flag(name: .customLong("child"), help: .hidden)
  var isChild = false

  func invitation(as role: Member.Role) throws -> Invitation {
    let folder = UserPath(target).text
    let file = FileManager.default.fileExists(atPath: folder) ? try JoinFile(in: folder) : nil
    guard let endpoint = try? ZeroMQ.Endpoint(file?.endpoint ?? target) else {
      throw UsageError(
        field: "join",
        "--join is \"\(target)\"; accepted: tcp://HOST:PORT, ipc://PATH of fewer than 100 bytes, or the folder of a run."
      )
    }
    let key = try KeySource(file: connection.keyFile, recorded: file?.key).key()
    if let rank, !(0...65535).contains(rank) {
      throw UsageError(field: "rank", "--rank is \(rank); accepted: 0 to 65535.")
    }
    try connection.check()
    var invitation = Invitation(role: role, endpoint: endpoint, key: key)
    invitation.rank = rank
    invitation.incarnation = incarnation
    invitation.specHash = specHash ?? ""
    invitation.deadline = connection.patience
    invitation.rejoinDeadline = connection.rejoinDeadline
    return invitation
  }

  /// To be called first. The first signal is left to the coordinator while it lives, the second ends the process; children
  /// of a coordinator end with it.
  func settle() throws {
    let isChild = isChild
    SignalHandling.follow(
      first: { signal in
        Signals.farewell.store(signal, ordering: .relaxed)
        guard !isChild else { return }
        StandardError.print(
          "signal \(signal): this member leaves when its run has stopped, at the latest in \(Int(Timing.farewell)) s; "
            + "another signal ends it at once")
      }, second: {})
    try ResourceLimits.checkMember()
    guard isChild else { return }
    Signals.followBreaks()
    let scratch = ProcessInfo.processInfo.environment[Invitation.scratchVariable] ?? ""
    Lifeline.follow { if !scratch.isEmpty { ScratchFolder.remove(scratch) } }
  }
}
