import ArgumentParser
import Coordination
import Failures
import Foundation
import Hosting
import Launching
import Records
import Synchronization
import Training
import Transport
import ZeroMQ

struct HostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host",
    abstract: "Offer this machine to a run, which starts servers and workers on it.",
    discussion: """
      Use the command that "tare train --launcher none" prints, once on each machine. The agent starts the servers and workers \
      that the run places here, reports their end at once, and ends them all when the run is over or its coordinator gone.

      With --keys no key of the run is needed: this machine serves those that its file lists, and they let in those that \
      theirs list. "tare keygen --host" makes the file.

      EXIT CODES
        0 the run is over, 64 invalid flag, 69 the run cannot be reached, does not accept the key or has another version,
        129, 130 and 143 stopped by a signal
      """)

  @Option(
    name: .customLong("join"),
    help: ArgumentHelp(
      "Where the run waits for hosts; several addresses of one run, separated by commas, are tried at once.",
      valueName: "endpoints"))
  var targets: String

  @Option(
    help: ArgumentHelp(
      "What the run calls this machine (default: its host name, or Slurm's; with --keys, as the run's file does).",
      valueName: "name"))
  var name: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Compute threads to offer (default: the processors that are granted).", valueName: "n"))
  var slots: Int?

  @Option(help: ArgumentHelp("Folder of the data set on this machine (default: as in the spec).", valueName: "path"))
  var data: UserPath?

  @Option(
    help: ArgumentHelp(
      "Networks by which workers elsewhere reach the servers here: eth1, 10.0.0.0/8 or ^docker0 (default: the one that leads to the "
        + "run).", valueName: "names"))
  var interface: String?

  @Option(
    help: ArgumentHelp(
      "Instead of the run's key: a file of \"tare keygen --host\", with this machine's own key and the machines whose runs it "
        + "serves.", valueName: "path"), completion: .file())
  var keys: UserPath?

  @OptionGroup var connection: ConnectionOptions

  /// Started by a run, which hands over the key on stdin and keeps it open.
  @Flag(name: .customLong("launched"), help: .hidden)
  var isLaunched = false

  func run() throws {
    let invitation = try invitation()
    let isLaunched = isLaunched
    let scratch = ScratchOnDemand()
    defer { scratch.remove() }
    SignalHandling.follow(
      first: { signal in
        Signals.farewell.store(signal, ordering: .relaxed)
        guard !isLaunched else { return }
        StandardError.print(
          "signal \(signal): this host leaves when its processes have ended, at the latest in \(Int(Timing.farewell)) s; "
            + "another signal ends it at once")
      }, second: scratch.remove)
    try ResourceLimits.checkMember()
    if isLaunched { Lifeline.follow(patience: HostRole.farewell, leaving: scratch.remove) }
    try HostRole.run(invitation, version: Version.text, scratch: scratch, in: Context())
  }

  /// Slurm's name of a node may be another one than the machine's.
  static var machine: String {
    ProcessInfo.processInfo.environment["SLURMD_NODENAME"] ?? ProcessInfo.processInfo.hostName
  }

  /// What to show to the run, and what a file of keys calls this machine.
  private func credentials() throws -> ([any Credentials], String?) {
    // Before a thread reads stdin for its end.
    if isLaunched { return ([try KeySource.line(of: "stdin")], nil) }
    guard let keys else { return ([try KeySource(file: connection.keyFile, recorded: nil).key()], nil) }
    if let keyFile = connection.keyFile {
      throw UsageError(
        field: "key-file", "--key-file is \(keyFile), but --keys \(keys) is given, too; accepted: one of the two.")
    }
    if let name {
      throw UsageError(
        field: "name",
        "--name is \"\(name)\", but with --keys the run's file names this machine; accepted: one of the two.")
    }
    let file = try HostKeyFile.keys(at: keys.text)
    return (file.credentials, file.own.name)
  }

  private func invitation() throws -> HostInvitation {
    let endpoints = try targets.split(separator: ",").map { target in
      guard let endpoint = try? ZeroMQ.Endpoint(String(target)), let port = endpoint.port, port > 0 else {
        throw UsageError(
          field: "join", "--join is \"\(targets)\"; accepted: tcp://HOST:PORT, several separated by commas.")
      }
      return endpoint
    }
    guard !endpoints.isEmpty else {
      throw UsageError(field: "join", "--join is empty; accepted: tcp://HOST:PORT, several separated by commas.")
    }
    if let slots, !(1...1024).contains(slots) {
      throw UsageError(field: "slots", "--slots is \(slots); accepted: 1 to 1024.")
    }
    if let name, name.isEmpty || name.utf8.count > 255 {
      throw UsageError(field: "name", "--name has \(name.utf8.count) bytes; accepted: 1 to 255.")
    }
    let interfaces = try interface.map(InterfaceChoice.init)
    _ = try interfaces?.select(from: NetworkAddresses.all())
    try connection.check()
    let (credentials, ownName) = try credentials()
    let cores = Processors.available
    return HostInvitation(
      endpoints: endpoints, credentials: credentials, name: name ?? ownName ?? Self.machine, slots: slots ?? cores,
      cores: cores, dataPath: data?.text, interfaces: interfaces, deadline: connection.patience,
      rejoinDeadline: connection.rejoinDeadline)
  }
}
