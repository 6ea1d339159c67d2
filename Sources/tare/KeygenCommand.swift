import ArgumentParser
import Failures
import Hosting
import Transport

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Print a new key, or make one that a machine keeps.",
    discussion: """
      With --launcher env each process is started by another program, which hands the key to all of them in the environment \
      variable TARE_KEY. Other launchers make a key themselves.

      With --host FILE, the machine gets a key pair that it keeps, in a new file that only its owner can read. The line that is \
      printed is no secret: add it to the files of the machines that are to trust this one. "tare train --keys FILE" lets in the \
      hosts that its file lists, and "tare host --keys FILE" serves runs of the machines that its file lists. To revoke a \
      machine, remove its line and restart the run.

      EXAMPLES
        export TARE_KEY=$(tare keygen)
        srun tare train plan.yaml --launcher env
        tare keygen --host ~/.tare-keys

      EXIT CODES
        0 done, 64 invalid flag or a file that is there already, 74 the file cannot be written
      """)

  @Option(
    help: ArgumentHelp("A new file for this machine's own key, and for those that it trusts.", valueName: "file"),
    completion: .file())
  var host: UserPath?

  @Option(help: ArgumentHelp("With --host: what to call this machine (default: its host name).", valueName: "name"))
  var name: String?

  func run() throws {
    guard let host else {
      guard let name else { return try print(RunKey().text) }
      throw UsageError(field: "name", "--name is \"\(name)\" without --host; accepted: both, or neither.")
    }
    try print(HostKeyFile.make(at: host.text, naming: name ?? HostCommand.machine).description)
  }
}
