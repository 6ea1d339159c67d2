import ArgumentParser
import Failures
import Foundation
import Launching
import Specification
import Synchronization
import Terminal

struct DrillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Disturb a run of yours, in real processes, and see whether it ends with the same bits.",
    discussion: """
      The run is trained once undisturbed, then once for each round, in which somebody is killed, stopped for a while, \
      loses its connections, or finds the disk full, at a moment that the seed decides. A coordinator that is killed is \
      resumed. Weights and metrics must be those of the undisturbed run; the exit code is 1 if they are not.

      EXAMPLES
        tare drill
            ten rounds on the default run with 4 workers, 2 servers and a checkpoint every 20 steps
        tare drill plan.yaml --rounds 50 --seed 7 --faults kill
        tare drill --set network=mlp --set steps=100 --faults kill,stop,drop,disk
      """)

  @OptionGroup var options: PlanOptions

  @Option(help: ArgumentHelp("Decides who is disturbed, how and when.", valueName: "seed"))
  var seed = 1

  @Option(help: ArgumentHelp("How many disturbed runs.", valueName: "n"))
  var rounds = 10

  @Option(help: ArgumentHelp("Of kill, stop, drop and disk; with commas.", valueName: "names"))
  var faults = "kill,stop,drop,disk"

  @Option(help: ArgumentHelp("Where the runs leave their folders; without it they are removed.", valueName: "folder"))
  var output: String?

  func run() throws {
    let kinds = try faults.split(separator: ",").map { name throws(UsageError) in
      guard let kind = DrillFault.Kind(rawValue: String(name)) else {
        throw .unknown("fault", String(name), accepted: DrillFault.Kind.allCases.map(\.rawValue), field: "faults")
      }
      return kind
    }
    guard !kinds.isEmpty else { throw UsageError(field: "faults", "--faults is empty; accepted: kill,stop,drop,disk.") }
    guard (1...10_000).contains(rounds) else {
      throw UsageError(field: "rounds", "--rounds is \(rounds); accepted: 1 to 10000.")
    }
    let spec = try spec()
    let folder = try DrillFolder(output)
    defer { folder.removeIfOurs() }
    // The run in hand ends with the drill, and takes its members with it.
    Interruption.follow(
      first: { number in
        DrilledProcess.current.withLock { $0?.end() }
        folder.removeIfOurs()
        _exit(ExitCode.stopped(by: number))
      }, second: {})
    let run = DrilledRun(spec: spec, folder: folder.path)
    StandardError.print("the undisturbed run …")
    let reference = try run.undisturbed()
    var table = TextTable(
      header: ["ROUND", "WHO", "WHAT", "WHEN", "WHAT HAPPENED", "BACK AFTER", "BITS EQUAL"], of: .words)
    var lost = 0
    for round in 1...rounds {
      let fault = DrillFault(
        round, seed: seed, kinds: kinds, servers: spec.execution.servers, workers: spec.execution.workers,
        duration: reference.seconds)
      let outcome = try run.disturbed(by: fault, round: round, reference)
      lost += outcome.isEqual ? 0 : 1
      table.append([
        "\(round)", fault.who, fault.what, "\(Numbers.short(fault.moment)) s", outcome.happened, outcome.backAfter,
        outcome.isEqual ? "yes" : "NO",
      ])
      StandardError.print(
        "round \(round) of \(rounds): \(fault.who), \(fault.what): \(outcome.isEqual ? "equal" : "NOT EQUAL")")
    }
    for line in table.lines { print(line) }
    print("\(rounds - lost) of \(rounds) runs ended with the bits and the metrics of the undisturbed run")
    if lost > 0 { throw PromiseBroken() }
  }

  /// Defaults that give something to lose, then the plan, then `--set`.
  private func spec() throws -> RunSpec {
    let spec = try options.spec(over: [
      "execution.workers=4", "execution.servers=2", "execution.checkpointEvery=20", "microbatch=16", "steps=150",
    ])
    guard spec.execution.launcher == .processes else {
      throw UsageError(
        field: "execution.launcher",
        "execution.launcher is \"\(spec.execution.launcher.rawValue)\"; accepted for a drill: processes.")
    }
    return spec
  }
}
