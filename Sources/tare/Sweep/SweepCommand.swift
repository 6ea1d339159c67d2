import ArgumentParser
import Datasets
import Failures
import Foundation
import Hosting
import Plans
import Records
import RunStore
import Specification
import Sweeps
import Synchronization
import Terminal
import Training
import ZeroMQ

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
        tare sweep cluster/plans/glyphs-map.yaml --run 7
            one of its runs, as "tare submit --array" trains each; --resume makes
            results.csv of them

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
      seed: [1, 2, 3]. Instead of axes, parts lists grids, each with a name, a base, axes and optionally repeats.

      PATHS
        \(pathConvention)

      PROCESSES
        Servers and workers are threads of this process, or processes for a run of a million weights or more; \
      execution.launcher overrides this. execution.workers defaults to 1.

      MANY MACHINES
        With --hosts, or --launcher env on every machine, runs share one pool of slots. The servers and workers of a run go \
      to one host together; folders are written on this machine, and no file system has to be shared. What a lost host ran \
      goes on elsewhere from its last checkpoint.
          tare sweep cluster/plans/glyphs-map.yaml --hosts a:4,b:8

      FILES WRITTEN, in --output (default runs/<sweep>)
        sweep.json             name of the sweep and hash of its runs
        results.csv            one line per run that has ended, in the order of the plan
        runs/<number>-<hash>/  each run, as tare train writes it
        tensorboard/           the axes as hyperparameters: tensorboard --logdir <output>

      EXIT CODES
        0 every run is done or diverged, 1 some failed,
        64 invalid plan or flag, 65 other data than those of finished runs, 74 input or output failed,
        129, 130 and 143 stopped by a signal
      """)

  @Argument(
    help: ArgumentHelp("A YAML file with a base and axes; - is standard input.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a field of all runs; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(field: "execution.launcher") var launcher: Assignment?
  @Option(field: "execution.hosts") var hosts: Assignment?
  @Flag(field: "execution.copy") var copy = false
  @Option(field: "execution.interface") var interface: Assignment?

  @Option(help: ArgumentHelp("The sweep's folder (default: runs/<sweep>).", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "Continue the sweep in its folder; finished runs are kept.")
  var resume = false

  @Flag(help: "With --resume: keep finished runs although their data were others; each run.json says which.")
  var allowOtherData = false

  @Flag(help: "Print the runs and an estimate of the duration; train nothing.")
  var dryRun = false

  @Option(
    name: .customLong("run"),
    parsing: .unconditional,
    help: ArgumentHelp(
      "Train only this run, beside other processes that train others; it goes on if it has begun. Exit codes are those of "
        + "tare train.", valueName: "number"))
  var number: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Runs at a time (default: as many as the processors can take).", valueName: "n"))
  var parallel: Int?

  /// Not by the field's name: it is of the sweep, and not of each run.
  @Flag(name: .customLong("json"), help: "Print one JSON object; progress goes to stderr.")
  var isJSON = false

  func run() throws {
    if allowOtherData, !resume {
      throw UsageError(
        field: "allow-other-data", "--allow-other-data is given without --resume; accepted: both, or neither.")
    }
    let sweep = try SweepFile.plan(at: plan.text)
    let environment = try EnvironmentLayer.assignments(without: "execution.output", "execution.json")
    let settings = try given + Assignment.settings(self.settings)
    StandardError.printNotes(on: sweep.assignments + environment + settings)
    let runs = try sweep.runs(defaults: Assignment.settings(Self.defaults), settings: environment, settings)
    let execution = try Self.execution(of: runs)
    let parallel = self.parallel ?? Self.parallel(for: runs, execution)
    guard (1...1000).contains(parallel) else {
      throw UsageError(field: "parallel", "--parallel is \(parallel); accepted: 1 to 1000.")
    }
    if dryRun {
      let forecast = PartialResult(
        SweepForecast(
          sweep: sweep.name, parallel: parallel, runs: runs.map { SweepForecast.Run(run: $0.number, title: $0.title) }))
      if isJSON { forecast.followSignals() } else { try show(runs, of: sweep, parallel) }
      StandardError.print("timing a few steps of each kind of run …")
      let estimate = try SweepEstimate(of: runs, parallel: parallel)
      guard !isJSON else {
        forecast.update { $0.expectedSeconds = estimate.duration }
        return try forecast.finish()
      }
      try print("about \(Numbers.duration(estimate.duration)), measured on \(counted(estimate.kinds, "kind")) of run")
      return
    }
    if try RankedHost.serves(
      execution.launcher, execution.joinDeadline, data: runs.first?.spec.dataset.path)
    {
      return
    }
    if execution.launcher.usesHosts { try Hosts.check(execution) }
    let path = output?.trimmed ?? "runs/\(sweep.name)"
    if let number {
      guard runs.indices.contains(number - 1) else {
        throw UsageError(
          field: "run",
          "--run is \(number), but sweep \(sweep.name) has \(counted(runs.count, "run")); accepted: 1 to \(runs.count)."
        )
      }
      try SweepFolder.prepare(path, for: sweep.name, runs: runs)
      return try train(runs[number - 1], of: SweepExperiment(sweep.name, of: runs), in: path)
    }
    let folder = try SweepFolder(path, for: sweep.name, runs: runs, resuming: resume)
    let progress = SweepProgress(sweep.name, count: runs.count, parallel: parallel)
    let results = SweepResultsFile(folder.results, of: runs)
    let summary = PartialResult(
      SweepSummary(sweep: sweep.name, folder: path, results: folder.results, count: runs.count))
    let runner = SweepRunner(parallel: parallel) { outcome in
      summary.update { $0.runs.append(SweepSummary.Run(outcome)) }
      // A full disk is no reason to train no more; the last write says so.
      try? results.add(outcome)
      progress.finished(outcome)
    }
    let folders = runs.map { folder.folder(of: $0) }
    if resume, !allowOtherData { try runner.checkData(of: runs, in: folders) }
    SignalHandling.follow(first: runner.interrupt, second: {})
    StandardError.print("sweep \(sweep.name): \(counted(runs.count, "run")), \(pace(parallel, execution)), in \(path)")
    let hosts = try execution.launcher.usesHosts ? openHosts(execution, for: runs) : nil
    defer { hosts?.close() }
    if let hosts { runner.use(hosts) }
    let experiment = SweepExperiment(sweep.name, of: runs)
    if runs.contains(where: \.spec.execution.tensorboard) { try experiment.write(to: folder.tensorBoard) }
    let outcomes: [SweepOutcome]
    do { outcomes = try runner.train(runs, of: experiment, in: folders) } catch {
      progress.end()
      guard !isJSON else {
        summary.end(after: error)
        throw error
      }
      throw ResumableError(cause: error, next: next(in: path, "train the runs that are missing"))
    }
    try results.write()
    if isJSON {
      summary.update { $0.runs = outcomes.map(SweepSummary.Run.init) }
      try summary.finish()
    }
    let failed = outcomes.filter(\.hasFailed)
    if !isJSON {
      let diverged = outcomes.count { $0.status == .diverged }
      try print(
        "\(counted(outcomes.count, "run")): \(outcomes.count - failed.count - diverged) done, \(diverged) diverged, "
          + "\(failed.count) failed; \(folder.results)")
      next(in: path, failed.isEmpty ? nil : "train the failed runs again").print()
    }
    if !failed.isEmpty { throw ReportedFailure() }
  }

  /// One run alone, as `tare train` does.
  private func train(_ run: SweepRun, of experiment: SweepExperiment, in path: String) throws {
    let folder = SweepFolder.folder(of: run, in: path)
    if let record = RunRecord(inFolder: folder), record.status == .done || record.status == .diverged {
      if isJSON {
        try print(record.runResult.map(JSONOutput.text) ?? JSONOutput.text(of: ListedRun(RunEntry(at: folder))))
      }
      return StandardError.print("run \(run.number) is \(record.status.rawValue) already, in \(folder)")
    }
    var spec = try run.launchable(DatasetCache())
    spec.execution.output = folder
    let origin: TrainingRun.Origin
    if FileManager.default.fileExists(atPath: folder + "/run.json") {
      (spec, origin) = (try RunSpec(resuming: folder, layers: []), .resumed([]))
    } else {
      origin = .new
    }
    spec.execution.json = isJSON
    _ = try TrainCommand.lead(
      TrainingRun(spec, origin: origin, hyperparameters: experiment.hyperparameters(of: run)))
  }

  /// - Parameter rest: what a resume would do; `nil` if nothing is left to do.
  private func next(in path: String, _ rest: String?) -> NextSteps {
    var next = NextSteps()
    // What stdin held is gone.
    if let rest, plan.text != "-" { next.addAgain(with: ["--resume"], rest) }
    next.add(NextSteps.report(on: path), "a page with its figures")
    return next
  }

  /// A run for each processor.
  static let defaults = ["execution.workers=1", "execution.keepCheckpoints=1"]

  private static func parallel(for runs: [SweepRun], _ execution: ExecutionSpec) -> Int {
    // The slots of the hosts are the limit.
    if execution.launcher.usesHosts { return max(1, min(runs.count, 1000)) }
    let widest = runs.map { $0.spec.execution.workers * $0.spec.execution.threads }.max() ?? 1
    return max(1, Processors.available / widest)
  }

  /// Where the runs are trained; all the same.
  private static func execution(of runs: [SweepRun]) throws(SpecError) -> ExecutionSpec {
    let all = runs.map(\.spec.resolved.execution)
    guard let first = all.first else { return ExecutionSpec() }
    if let other = all.first(where: { $0.launcher != first.launcher || $0.hosts != first.hosts }) {
      throw SpecError(
        field: "execution.launcher",
        "execution.launcher and hosts are \(first.launcher.rawValue) \(first.hosts ?? "") for one run of the sweep and "
          + "\(other.launcher.rawValue) \(other.hosts ?? "") for another; accepted: the same for all.")
    }
    return first
  }

  private func openHosts(_ execution: ExecutionSpec, for runs: [SweepRun]) throws -> Hosts {
    try Hosts(for: execution, data: runs.first?.spec.dataset.path, in: Context()) { news in
      StandardError.print("\(news)")
    }
  }

  private func pace(_ parallel: Int, _ execution: ExecutionSpec) -> String {
    execution.launcher.usesHosts && self.parallel == nil
      ? "as many at a time as the hosts have slots for" : "\(parallel) at a time"
  }

  private func show(_ runs: [SweepRun], of sweep: SweepPlan, _ parallel: Int) throws {
    for run in runs { try print("\(run.number)  \(run.title)") }
    let steps = runs.compactMap(\.spec.steps).reduce(0, +)
    try print(
      "sweep \(sweep.name): \(counted(runs.count, "run")), \(parallel) at a time"
        + (runs.allSatisfy { $0.spec.steps != nil } ? ", \(counted(steps, "step")) in all" : ""))
  }
}
