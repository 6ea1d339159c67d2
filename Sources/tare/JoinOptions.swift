import ArgumentParser
import Coordination
import Failures
import Foundation
import Launching
import Roles
import Training
import ZeroMQ

/// The run that a server or worker joins.
struct JoinOptions: ParsableArguments {
  @Option(
    name: .customLong("join"),
    help: ArgumentHelp("Endpoint of the run's coordinator, or the folder of a running run.", valueName: "endpoint"))
  var target: String

  @Option(
    help: ArgumentHelp("The run's key, printed by tare train; or set TARE_KEY.", valueName: "key"))
  var key: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Join only if the run's hash begins with this.", valueName: "hash"))
  var specHash: String?

  @Option(help: ArgumentHelp("Rank, from 0 (default: the next free one).", valueName: "n"))
  var rank: Int?

  @Option(help: ArgumentHelp("How long to wait for the coordinator.", valueName: "seconds"))
  var patience = 60.0

  /// Numbers the starts of one member by its coordinator.
  @Option(help: .hidden)
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
    guard let key = file?.key ?? key ?? ProcessInfo.processInfo.environment[Invitation.keyVariable] else {
      throw UsageError(field: "key", "--key is missing; accepted: the 16 hexadecimal digits that tare train printed.")
    }
    guard let session = Invitation.session(ofKey: key) else {
      let fault =
        key.count != 16
        ? "has \(counted(key.count, "character"))"
        : key.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
          ? "is all zeros, which is the key of no run" : "is no hexadecimal number"
      throw UsageError(
        field: "key", "--key \(fault); accepted: the 16 hexadecimal digits that tare train printed.")
    }
    if let rank, !(0...65535).contains(rank) {
      throw UsageError(field: "rank", "--rank is \(rank); accepted: 0 to 65535.")
    }
    guard patience > 0, patience <= 86400 else {
      throw UsageError(field: "patience", "--patience is \(patience); accepted: a number above 0, at most 86400.")
    }
    var invitation = Invitation(role: role, endpoint: endpoint, session: session)
    invitation.rank = rank
    invitation.incarnation = incarnation
    invitation.specHash = specHash ?? ""
    invitation.deadline = patience
    return invitation
  }

  /// To be called first: children of a coordinator end with it.
  func settle() {
    guard isChild else { return }
    Signals.leaveToParent()
    let scratch = ProcessInfo.processInfo.environment[Invitation.scratchVariable] ?? ""
    Lifeline.follow(removing: scratch.isEmpty ? nil : scratch)
  }
}
