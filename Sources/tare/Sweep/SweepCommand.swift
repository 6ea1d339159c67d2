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
    abstract: "Train all runs of a plan, as many at a time as there are processors.",
    discussion: """
      A sweep plan gives the fields that all runs have and axes: lists or ranges that are crossed. Each run has a folder \
      of its own, with the same bits as tare train would leave; results.csv has a line for each. A run that diverges or \
      fails is noted with its cause and stops nobody. After a crash or a signal, --resume trains what is missing.

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
            # fields of one item move together
          - seed: [1, 2, 3]
        repeats: 3, in place of the axis seed, is seed: [1, 2, 3]. In place of axes, parts lists grids, each with a \
        name, a base, axes and perhaps repeats.

      PROCESSES
        Servers and workers of a run are threads of this process; those of a run with a million weights or more are \
        processes. execution.launcher and execution.workers (1) say otherwise.

      FILES WRITTEN, in --output (default runs/<sweep>)
        sweep.json             what the folder is for
        results.csv            one line a run
        runs/<number>-<hash>/  the folder of each run, as tare train writes it
        tensorboard/           the axes as hyperparameters: tensorboard --logdir <output>

      EXIT CODES
        0 all runs are done or have diverged, 1 some have failed,
        64 wrong plan or flag, 74 input or output failed,
        130 and 143 stopped by a signal
      """)

  @Argument(help: ArgumentHelp("A YAML file with a base and axes.", valueName: "plan.yaml"), completion: .file())
  var plan: String

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give any field to all runs; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The sweep's folder; without it runs/<sweep>.", valueName: "folder"))
  var output: String?

  @Flag(help: "Go on with the sweep in its folder: what is done there is not trained again.")
  var resume = false

  @Flag(help: "Print the runs that there would be and how long they would take, and keep none.")
  var dryRun = false

  @Option(help: ArgumentHelp("Runs at a time; without it as many as there are processors for them.", valueName: "n"))
  var parallel: Int?

  func run() throws {
    let sweep = try SweepFile.plan(at: plan)
    let settings = try Assignment.settings(self.settings)
    StandardError.printNotes(on: sweep.assignments + settings)
    let runs = try sweep.runs(defaults: Assignment.settings(Self.defaults), settings: settings)
    let parallel = self.parallel ?? Self.parallel(for: runs)
    guard (1...1000).contains(parallel) else {
      throw UsageError(field: "parallel", "--parallel is \(parallel); accepted: 1 to 1000.")
    }
    if dryRun {
      show(runs, of: sweep, parallel)
      StandardError.print("trying some steps of each kind of run …")
      let estimate = try SweepEstimate(of: runs, parallel: parallel)
      let kinds = estimate.kinds == 1 ? "such a run" : "each of \(estimate.kinds) kinds of runs"
      print("about \(Numbers.duration(estimate.duration)), by some steps of \(kinds)")
      return
    }
    let path = output ?? "runs/\(sweep.name)"
    let folder = try SweepFolder(path, for: sweep.name, runs: runs, resuming: resume)
    let progress = SweepProgress(sweep.name, count: runs.count, parallel: parallel)
    let runner = SweepRunner(parallel: parallel, finished: progress.finished)
    Interruption.follow(first: runner.interrupt, second: {})
    StandardError.print("sweep \(sweep.name): \(runs.count) runs, \(parallel) at a time, in \(path)")
    let experiment = SweepExperiment(sweep.name, of: runs)
    if runs.contains(where: \.spec.execution.tensorboard) { try experiment.write(to: folder.tensorBoard) }
    let outcomes = try runner.train(runs, of: experiment, in: runs.map { folder.folder(of: $0) })
    try AtomicFile.write(Array(SweepResults.csv(of: outcomes).utf8), to: folder.results)
    let failed = outcomes.filter(\.hasFailed)
    let diverged = outcomes.count { $0.status == "diverged" }
    print(
      "\(outcomes.count) runs: \(outcomes.count - failed.count - diverged) done, \(diverged) diverged, "
        + "\(failed.count) failed; \(folder.results)")
    if !failed.isEmpty { throw PromiseBroken() }
  }

  /// A run for each processor.
  private static let defaults = ["execution.workers=1", "execution.keepCheckpoints=1"]

  private static func parallel(for runs: [SweepRun]) -> Int {
    let widest = runs.map { $0.spec.execution.workers * $0.spec.execution.threads }.max() ?? 1
    return max(1, ProcessInfo.processInfo.activeProcessorCount / widest)
  }

  private func show(_ runs: [SweepRun], of sweep: SweepPlan, _ parallel: Int) {
    for run in runs { print("\(run.number)  \(run.title)") }
    let steps = runs.compactMap(\.spec.steps).reduce(0, +)
    print(
      "sweep \(sweep.name): \(runs.count) runs, \(parallel) at a time"
        + (runs.allSatisfy { $0.spec.steps != nil } ? ", \(steps) steps in all" : ""))
  }
}
