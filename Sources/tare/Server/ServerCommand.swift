import ArgumentParser
import Coordination
import Failures
import Roles
import ZeroMQ

struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server",
    abstract: "Join a run as a server, which holds a shard of the weights.",
    discussion: """
      Use the command that "tare train --launcher none" prints. The server exits when the run ends or its coordinator fails.
      """)

  @OptionGroup var join: JoinOptions

  @Option(
    help: ArgumentHelp("Where workers reach this server (default: a free port of this host).", valueName: "endpoint"))
  var listen: String?

  func run() throws {
    try join.settle()
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
