import ArgumentParser
import Failures
import Foundation
import Plans
import Records
import Specification
import Sweeps
import Synchronization
import Terminal

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train all runs of a plan, one per processor at a time.",
    discussion: """
      A sweep plan gives the fields common to all runs and axes: lists or ranges that are crossed. Each run has its own \
      folder, with the same bits that tare train would write; results.csv has one line per run. A run that diverges or \
      fails is recorded; the sweep continues. After a crash or a signal, --resume trains the missing runs.

      EXAMPLES
        tare sweep cluster/plans/glyphs-map.yaml --dry-run
        tare sweep cluster/plans/glyphs-map.yaml
        tare sweep cluster/plans/paper.yaml --set dataset.path=~/mnist
        tare sweep cluster/plans/paper.yaml --set dataset.path=~/mnist --resume

      PLAN FILES
        sweep: map
        base: {network: mlp, batch: 64, steps: 1500, schedule: cosine}
        axes:
          - optimizer.learningRate: [1e-3, 1e-2, 1e-1]
          - l2: {values: [0, 0.01, 0.1], times: 0.5}
            # or linear: [from, to, count], log: [from, to, count],
            # powersOfTwo: [from, to]
          - condition: {free: {}, projected: {projection: filter}}
          - {batch: [32, 64], steps: [2000, 1000]}
            # the fields of one item are zipped
          - seed: [1, 2, 3]
        axes: {l2: [0, 0.1], seed: [1, 2]} is short for a list of the two. repeats: 3 is short for the axis \
        seed: [1, 2, 3]. Instead of axes, parts lists grids, each with a name, a base, \
        axes and optionally repeats.

      PATHS
        \(pathConvention)

      PROCESSES
        Servers and workers are threads of this process, or processes for a run of a million weights or more; \
        execution.launcher overrides this. execution.workers defaults to 1.

      FILES WRITTEN, in --output (default runs/<sweep>)
        sweep.json             name of the sweep and hash of its runs
        results.csv            one line per run
        runs/<number>-<hash>/  each run, as tare train writes it
        tensorboard/           the axes as hyperparameters: tensorboard --logdir <output>

      EXIT CODES
        0 every run is done or diverged, 1 some failed,
        64 invalid plan or flag, 74 input or output failed,
        130 and 143 stopped by a signal
      """)

  @Argument(
    help: ArgumentHelp("A YAML file with a base and axes; - is standard input.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a field of all runs; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The sweep's folder (default: runs/<sweep>).", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "Continue the sweep in its folder; finished runs are kept.")
  var resume = false

  @Flag(help: "Print the runs and an estimate of the duration; train nothing.")
  var dryRun = false

  @Option(help: ArgumentHelp("Runs at a time (default: as many as the processors can take).", valueName: "n"))
  var parallel: Int?

  func run() throws {
    let sweep = try SweepFile.plan(at: plan.text)
    let settings = try Assignment.settings(self.settings)
    StandardError.printNotes(on: sweep.assignments + settings)
    let runs = try sweep.runs(defaults: Assignment.settings(Self.defaults), settings: settings)
    let parallel = self.parallel ?? Self.parallel(for: runs)
    guard (1...1000).contains(parallel) else {
      throw UsageError(field: "parallel", "--parallel is \(parallel); accepted: 1 to 1000.")
    }
    if dryRun {
      show(runs, of: sweep, parallel)
      StandardError.print("timing a few steps of each kind of run …")
      let estimate = try SweepEstimate(of: runs, parallel: parallel)
      print("about \(Numbers.duration(estimate.duration)), measured on \(counted(estimate.kinds, "kind")) of run")
      return
    }
    let path = output?.trimmed ?? "runs/\(sweep.name)"
    let folder = try SweepFolder(path, for: sweep.name, runs: runs, resuming: resume)
    let progress = SweepProgress(sweep.name, count: runs.count, parallel: parallel)
    let runner = SweepRunner(parallel: parallel, finished: progress.finished)
    SignalHandling.follow(first: runner.interrupt, second: {})
    StandardError.print("sweep \(sweep.name): \(counted(runs.count, "run")), \(parallel) at a time, in \(path)")
    let experiment = SweepExperiment(sweep.name, of: runs)
    if runs.contains(where: \.spec.execution.tensorboard) { try experiment.write(to: folder.tensorBoard) }
    let outcomes = try runner.train(runs, of: experiment, in: runs.map { folder.folder(of: $0) })
    try AtomicFile.write(Array(SweepResults.csv(of: outcomes).utf8), to: folder.results)
    let failed = outcomes.filter(\.hasFailed)
    let diverged = outcomes.count { $0.status == .diverged }
    print(
      "\(counted(outcomes.count, "run")): \(outcomes.count - failed.count - diverged) done, \(diverged) diverged, "
        + "\(failed.count) failed; \(folder.results)")
    if !failed.isEmpty { throw ReportedFailure() }
  }

  /// A run for each processor.
  private static let defaults = ["execution.workers=1", "execution.keepCheckpoints=1"]

  private static func parallel(for runs: [SweepRun]) -> Int {
    let widest = runs.map { $0.spec.execution.workers * $0.spec.execution.threads }.max() ?? 1
    return max(1, Processors.available / widest)
  }

  private func show(_ runs: [SweepRun], of sweep: SweepPlan, _ parallel: Int) {
    for run in runs { print("\(run.number)  \(run.title)") }
    let steps = runs.compactMap(\.spec.steps).reduce(0, +)
    print(
      "sweep \(sweep.name): \(counted(runs.count, "run")), \(parallel) at a time"
        + (runs.allSatisfy { $0.spec.steps != nil } ? ", \(counted(steps, "step")) in all" : ""))
  }
}
