package import ArgumentParser
import Failures
import Launching
import Plans
import Records
import Roles
import RunDefinition
package import Specification
import Terminal
import Training
import Transport

package struct TrainCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network and record what each step does to each layer.",
    discussion: """
      Without arguments: a small batch-norm network on drawn glyphs, one server, two workers, under half a minute.

      Precedence, lowest first: defaults, the plan, environment variables such as TARE_L2, flags, --set in the order given; \
      "tare plan show" prints what they amount to. Penalties: l2 is λ in the objective \
      L + λ‖w‖² (PyTorch's SGD calls 2·l2 weight_decay); weightDecay is decoupled. If only one of the two is given, the \
      other is 0.

      EXAMPLES
        tare train
        tare train --data ~/cifar-10 --lr 0.01 --epochs 10
            the folder's files tell which data set it is, or --dataset does
        tare train plan.yaml --seed 2 --set schedule=cosine
        tare train --optimizer adam --set groups.head.learningRate=1e-3
        tare train runs/20261123-180841-1a2b/run.json --seed 2
            the same spec with another seed
        tare train --like last --set l2=0
            the spec of the newest run below runs/, but for one field
        tare train --resume runs/20261123-180841-1a2b
        tare train --resume runs/20261123-180841-1a2b --steps 500 \\
            --branch runs/shorter
        tare train --hosts a:2,b:4 --workers 6
            on other machines, which ssh reaches; a file may list them, too
        tare train --launcher none --listen tcp://0.0.0.0:7000
            prints the command for the other machines, and waits for them; with --keys FILE
            it lets in those that the file of "tare keygen --host" lists
        srun tare train plan.yaml --launcher env
            the ranks that srun, mpirun or torchrun starts, with TARE_KEY from tare keygen

      PLAN FILES
        dataset: {name: cifar-10, path: /data/cifar-10, test: [data_batch_5.bin]}
        optimizer: {name: nesterov, learningRate: 1e-2}
        l2: 2.5e-4
        epochs: 10
        execution: {workers: 4}
        The run.json of a run is a plan, too: of the same spec, without its folder. - reads standard input.

      PATHS
        \(pathConvention)

      FILES WRITTEN, in --output (default runs/<time>-<id>)
        run.json               resolved spec, versions, result
        metrics.csv            step,layer,metric,statistic,value; see "tare explain"
        tensorboard/           curves and histograms: tensorboard --logdir <output>
        log.txt                log of all processes
        checkpoints/step-N/    the complete state at step N
        weights/*.safetensors  before the first step, after the last, and rates with execution.recordRates

      EXIT CODES
        0 done, 64 invalid spec, plan or flag, 65 invalid data, a diverged run, or a
        resume of what is not the recorded run,
        69 a member is unavailable,
        70 an error in Tare, 74 input or output failed, 75 stopped and can be resumed,
        129, 130 and 143 stopped by a signal
      """)

  @Option(
    help: ArgumentHelp(
      "Resume the run in this folder from its last checkpoint; other flags may change its length and fields that do "
        + "not change the weights.", valueName: "run"), completion: .directory)
  var resume: UserPath?

  @Option(
    help: ArgumentHelp(
      "With --resume: leave that run as it is, and train a copy of it in this new folder, for more or fewer steps.",
      valueName: "folder"), completion: .directory)
  var branch: UserPath?

  @Flag(help: "With --resume: train on although the data, or the rates to follow, are others. run.json records it.")
  var allowOtherData = false

  @Flag(
    help: """
      Let workers take part that compute other bits than each other, such as another program, and train on with --resume \
      although the processor or library does. run.json records it.
      """)
  var allowOtherArithmetic = false

  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Monitoring") var monitoring: MonitoringOptions

  package init() {}

  package func run() throws {
    // Before the spec is whole: what is wrong with it is said in the form that was asked for.
    if options.records.logFormat?.value.text == ExecutionSpec.LogFormat.json.rawValue {
      ProcessLog.note { $0.isJSON = true }
    }
    // The folder of the run is on the machine of rank 0.
    let resumesAsRank = resume != nil && options.processes.launcher?.value.text == ExecutionSpec.Launcher.env.rawValue
    if resumesAsRank, try RankedHost.serves(.env, data: options.data.data?.value.text) { return }
    let spec = try spec()
    if spec.execution.logFormat == .json { ProcessLog.note { $0.isJSON = true } }
    if !resumesAsRank,
      try RankedHost.serves(spec.execution.launcher, spec.execution.joinDeadline, data: spec.dataset.path)
    {
      return
    }
    let run = try TrainingRun(spec, origin: origin, toleratesOtherArithmetic: allowOtherArithmetic)
    let result = try monitored(run)
    guard !run.spec.execution.json, run.spec.execution.progress != .none else { return }
    next(after: result, of: run.spec).print()
  }

  /// Trains a run to its end, and shows it to other programs on the way.
  private func monitored(_ run: TrainingRun) throws -> RunResult {
    let port = try monitoring.port()
    guard let trace = monitoring.trace else { return try Self.lead(run, metricsPort: port) }
    let recording = try TraceRecording(trace.text)
    run.isTraced = true
    let result: RunResult
    do { result = try Self.lead(run, metricsPort: port) } catch {
      // Why the run ended matters more than a trace that cannot be written.
      try? recording.finish(run)
      throw error
    }
    try recording.finish(run)
    return result
  }

  /// Trains a run to its end, with what people and programs read of it, and with signals.
  ///
  /// - Parameter metricsPort: where to serve its metrics; `nil` serves none.
  static func lead(_ run: TrainingRun, metricsPort: UInt16? = nil) throws -> RunResult {
    let notices = try Mailbox<CoordinatorRole.Notice>()
    SignalHandling.follow(
      first: { notices.post(.signal($0)) },
      second: { [scratch = run.scratch] in scratch?.remove() })
    let result: RunResult
    do {
      result = try run.train(notices: notices) { [unowned run] definition in
        let printer = ProgressPrinter(definition)
        guard let metricsPort else { return printer }
        let metrics = try LiveMetrics(definition, port: metricsPort, name: { [unowned run] in run.folder })
        return RunObservers([printer, metrics])
      }
    } catch {
      guard let unfinished = UnfinishedRun(run, after: error) else { throw error }
      guard !run.spec.execution.json else {
        try print(try JSONOutput.text(of: unfinished))
        throw error
      }
      throw unfinished.next.isEmpty ? error : ResumableError(cause: error, next: unfinished.next)
    }
    guard !run.spec.execution.json else {
      try print(JSONOutput.text(of: result))
      return result
    }
    for line in ClosingReport(result, schedule: run.spec.schedule.name.rawValue).lines { try print(line) }
    return result
  }

  private func next(after result: RunResult, of spec: RunSpec) -> NextSteps {
    var next = NextSteps()
    next.add(NextSteps.report(on: result.run), "a page with its curves")
    // Of another length, a schedule would be another from the start.
    if spec.schedule.name == .constant, spec.epochs == nil, spec.follow == nil, result.steps < RunSpec.mostSteps / 2 {
      next.add(NextSteps.resuming(result.run) + ["--steps", "\(2 * result.steps)"], "train as long again")
    }
    return next
  }

  /// The spec that plan, flags and `--set` amount to, checked.
  package func spec() throws -> RunSpec {
    if let like = options.like, resume != nil {
      throw UsageError(
        field: "like", "--like is \(like), and the run to resume has a spec; accepted: --like or --resume.")
    }
    let environment =
      try resume == nil ? EnvironmentLayer.assignments() : EnvironmentLayer.assignmentsOfResumedRun()
    let layers = try options.layers(environment).map(\.assignments)
    guard let resume else {
      for (flag, isGiven) in [
        ("branch", branch != nil), ("allow-other-data", allowOtherData),
      ] where isGiven {
        throw UsageError(field: flag, "--\(flag) is given without --resume; accepted: both, or neither.")
      }
      return try RunSpec(layers: layers.namingDataset())
    }
    try layers.joined().filter { UserPath($0.value.text).trimmed != resume.trimmed }.refuse(
      "execution.output",
      because: "the run to resume stays in its folder \(resume); accepted: leave it out, or --branch \(resume)-branch.")
    var spec = try RunSpec(resuming: resume.text, layers: layers)
    if let branch { spec.execution.output = branch.text }
    return spec
  }

  private var origin: TrainingRun.Origin {
    guard let resume else { return .new }
    var allowances: Allowances = []
    if allowOtherData { allowances.insert(.otherData) }
    if allowOtherArithmetic { allowances.insert(.otherArithmetic) }
    return branch == nil ? .resumed(allowances) : .branched(from: resume.text, allowances)
  }

  /// The fields given by flags.
  package var flags: [Assignment] { options.flags }
}
