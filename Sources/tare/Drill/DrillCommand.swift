import ArgumentParser
import Failures
import Foundation
import Launching
import Specification
import Synchronization

struct DrillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Inject faults into a run of real processes and check that it ends with the same bits.",
    discussion: """
      Trains the run once without faults, then once per round with one fault: a process is killed, stopped for a while, \
      loses its connections, or finds the disk full, at a time that the seed determines. A coordinator that was killed \
      is resumed. Weights and metrics must equal those of the fault-free run; otherwise the exit code is 1.

      EXAMPLES
        tare drill
            ten rounds on the default run with 4 workers, 2 servers and a checkpoint every 20 steps
        tare drill plan.yaml --rounds 50 --seed 7 --faults kill
        tare drill --set network=mlp --set steps=100 --faults kill,stop,drop,disk
      """)

  @OptionGroup var options: PlanOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Determines the faults.", valueName: "seed"))
  var seed = 1

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of runs with a fault.", valueName: "n"))
  var rounds = 10

  @Option(help: ArgumentHelp("Faults to draw from, separated by commas: kill, stop, drop, disk.", valueName: "names"))
  var faults = "kill,stop,drop,disk"

  @Option(help: ArgumentHelp("Folder for the runs; without it they are removed.", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var progress: ProgressOption

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
    let meter = try progress.meter("drill", of: rounds, "rounds")
    let folder = try DrillFolder(output?.text)
    defer { folder.removeIfOurs() }
    let result = PartialResult(DrillResult())
    // The current run ends with the drill, and its members with it.
    ProcessExit.followSignals { [json] in
      if json { result.interrupt() }
      TrainProcess.endAll()
      folder.removeIfOurs()
    }
    let run = DrilledRun(spec: spec, folder: folder.path)
    meter.tell("the fault-free run …")
    let reference = try run.faultFree()
    var drilled = DrillResult()
    for round in 1...rounds {
      let fault = DrillFault(
        round, seed: seed, kinds: kinds, servers: spec.execution.servers, workers: spec.execution.workers,
        duration: reference.seconds)
      let outcome = try run.run(with: fault, round: round, reference)
      drilled.rounds.append(
        DrillResult.Round(
          round: round, member: fault.who, fault: fault.what, seconds: fault.moment, effect: outcome.happened,
          recoveredAfter: outcome.backAfter, bitsEqual: outcome.isEqual))
      result.update { [drilled] in $0 = drilled }
      meter.tell(
        "round \(round) of \(rounds): \(fault.who), \(fault.what): \(outcome.isEqual ? "equal" : "NOT EQUAL")")
      meter.advance(to: round)
    }
    meter.end()
    let lost = drilled.unequal.count
    if json {
      try result.finish()
      if lost > 0 { throw ReportedFailure() }
      return
    }
    for line in drilled.lines { try print(line) }
    try print(
      "\(lost == 0 ? counted(rounds, "run") : "\(rounds - lost) of \(counted(rounds, "run"))") ended with the bits and the metrics "
        + "of the fault-free run")
    guard lost > 0 else { return }
    var next = NextSteps()
    if let first = drilled.unequal.first, let output {
      let (kept, other) = ("\(output.trimmed)/fault-free", "\(output.trimmed)/round-\(first)")
      next.add(["runs", "compare", kept, other], "where round \(first) differs")
    } else {
      next.addAgain(with: ["--output", "drill"], "the same faults, and the runs are kept")
    }
    next.print()
    throw ReportedFailure()
  }

  /// The drill's defaults, then the plan, then `--set`.
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
