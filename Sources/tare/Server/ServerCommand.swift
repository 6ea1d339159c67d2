import ArgumentParser
import Coordination
import Failures
import Roles
import ZeroMQ

struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Hold a share of the weights for a run that waits for servers.",
    discussion: """
      Type what "tare train --launcher none" prints. The server leaves when the run ends or its coordinator is gone.
      """)

  @OptionGroup var join: JoinOptions

  @Option(
    help: ArgumentHelp("Where workers reach this server; without it, a free port of this host.", valueName: "endpoint"))
  var listen: String?

  func run() throws {
    join.settle()
    var invitation = try join.invitation(as: .server)
    if let listen {
      guard let endpoint = try? ZeroMQ.Endpoint(listen) else {
        throw UsageError(
          field: "listen", "--listen is \"\(listen)\"; accepted: tcp://ADDRESS:PORT, port 0 for any free one.")
      }
      invitation.listen = endpoint
    }
    try ServerRole.run(invitation, in: Context())
  }
}
