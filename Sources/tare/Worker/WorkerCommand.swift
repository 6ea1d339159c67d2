import ArgumentParser
import Coordination
import Failures
import Roles
import ZeroMQ

struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Compute gradients for a run that waits for workers.",
    discussion: """
      Type what "tare train --launcher none" prints. The worker leaves when the run ends or its coordinator is gone.
      """)

  @OptionGroup var join: JoinOptions

  @Option(help: ArgumentHelp("Compute threads; without it, as the run says.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("Folder of the data set on this machine; without it, as the run says.", valueName: "path"))
  var data: String?

  func run() throws {
    join.settle()
    var invitation = try join.invitation(as: .worker)
    if let threads, !(1...256).contains(threads) {
      throw UsageError(field: "threads", "--threads is \(threads); accepted: 1 to 256.")
    }
    invitation.threads = threads
    invitation.dataPath = data
    try WorkerRole.run(invitation, in: Context())
  }
}
