import ArgumentParser
import Transport

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Print a new key, for processes that find each other by themselves.",
    discussion: """
      With --launcher env each process is started by another program, which hands the key to all of them in the environment \
      variable TARE_KEY. Other launchers make a key themselves.

      EXAMPLES
        export TARE_KEY=$(tare keygen)
        srun tare train plan.yaml --launcher env
      """)

  func run() throws { try print(RunKey().text) }
}
