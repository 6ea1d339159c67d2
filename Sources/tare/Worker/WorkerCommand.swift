import ArgumentParser
import Coordination
import Failures
import Foundation
import Roles
import ZeroMQ

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Join a run as a worker, which computes gradients.",
    discussion: """
      Use the command that "tare train --launcher none" prints. The worker exits when the run ends or its coordinator fails.
      """)

  @OptionGroup var join: JoinOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Compute threads (default: as in the spec).", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Folder of the data set on this machine (default: as in the spec).", valueName: "path"))
  var data: UserPath?

  func run() throws {
    try join.settle()
    var invitation = try join.invitation(as: .worker)
    if let threads, !(1...256).contains(threads) {
      throw UsageError(field: "threads", "--threads is \(threads); accepted: 1 to 256.")
    }
    invitation.threads = threads
    invitation.dataPath = data?.text
    if let text = ProcessInfo.processInfo.environment[EmulatedComputing.variable] {
      guard let emulated = EmulatedComputing(text: text) else {
        throw UsageError(
          field: nil, "\(EmulatedComputing.variable) is \"\(text)\"; accepted: seconds, from 'tare simulate --emulate'."
        )
      }
      invitation.emulated = emulated
    }
    try WorkerRole.run(invitation, in: Context())
  }
}
