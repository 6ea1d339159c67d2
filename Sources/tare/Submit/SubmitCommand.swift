import ArgumentParser
import Failures
import Foundation
import Launching
import Plans
import Records
import Specification
import Sweeps
import Training

struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Train a run, or the runs of a sweep, as batch jobs of Slurm.",
    discussion: """
      Writes a batch script beside the run's folder and submits it with sbatch. In the job, tare train --launcher slurm leads \
      the run on the first node, and srun starts an agent on each node.

      Before the time limit the run stores its state and the job requeues itself, as often as it takes; so it also goes on \
      after a node has failed and after scontrol requeue. scancel stores the state and ends the job.

      With --array, the plan is that of a sweep and each run a task of an array, on one node; when all have ended, a second \
      job trains what has failed again and writes results.csv, as tare sweep --resume does.

      EXAMPLES
        tare submit plan.yaml --nodes 3
        tare submit plan.yaml --nodes 3 --time 12:00:00 --partition long --dry-run
        tare submit plan.yaml --nodes 2 --set execution.workers=8 -- --qos=low
        tare submit plan.yaml --nodes 3 --output runs/a
            goes on with the run if runs/a holds one of this plan
        tare submit cluster/plans/glyphs-map.yaml --array --parallel 20 --time 60

      FILES WRITTEN, beside the folder of the run or sweep (default as for tare train and tare sweep)
        <folder>.sbatch        the script
        <folder>.slurm.log     what the job says; a job that is requeued appends
        <folder>.slurm-N.log   the same of run N of a sweep

      EXIT CODES
        0 submitted, 64 invalid plan or flag, 69 sbatch is missing or refuses the job, 74 input or output failed
      """)

  @Argument(
    help: ArgumentHelp("A YAML file with the fields of a run or sweep, or a run.json.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath

  @Option(parsing: .unconditional, help: ArgumentHelp("Nodes of the cluster to train a run on.", valueName: "n"))
  var nodes: Int?

  @Flag(help: "Train the runs of a sweep, each as a task of an array.")
  var array = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --array: runs at a time (default: as the cluster has room).", valueName: "n"))
  var parallel: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Processors of each node (default: what the workers take, spread evenly).", valueName: "n"))
  var cpusPerTask: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Time limit, as sbatch takes it (default: the partition's).", valueName: "time"))
  var time: String?

  @Option(help: ArgumentHelp("Partition (default: the cluster's).", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Account to charge.", valueName: "name"))
  var account: String?

  @Option(help: ArgumentHelp("Name of the job (default: the plan's).", valueName: "name"))
  var jobName: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long before the time limit the run stores its state and makes room; Slurm may be a minute early.",
      valueName: "seconds"))
  var notice = 120

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a field of the run, or of all; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The folder of the run or sweep; on a disk that all nodes see.", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "Print the script and submit nothing.")
  var dryRun = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Argument(parsing: .postTerminator, help: ArgumentHelp("More options for sbatch, after --.", valueName: "options"))
  var extra: [String] = []

  func run() throws {
    guard plan.text != "-" else {
      throw UsageError(field: "plan", "the plan is standard input, which the job will not have; accepted: a file.")
    }
    try array ? submitSweep() : submitRun()
  }

  private func submitRun() throws {
    guard let nodes else {
      throw UsageError(
        field: "nodes", "--nodes is missing; accepted: a number of nodes, or --array for the runs of a sweep.")
    }
    if let parallel {
      throw UsageError(field: "parallel", "--parallel is \(parallel), without --array; accepted: both, or neither.")
    }
    try check(nodes, "nodes", in: 1...65536)
    let output = absolute(output?.text ?? "runs/\(RunFolder.newName())")
    let execution = try spec(of: output).execution
    let least = (execution.workers + nodes - 1) / nodes * execution.threads
    var script = try script(.run, least: least, output: output)
    script.nodes = nodes
    let room = nodes * (script.cores / execution.threads)
    guard room >= execution.workers else {
      throw UsageError(
        field: "cpus-per-task",
        "--cpus-per-task is \(script.cores): \(counted(nodes, "node")) have room for \(counted(room, "worker")) of "
          + "\(counted(execution.threads, "thread")), but execution.workers is \(execution.workers); accepted: at least "
          + "\(least), or more nodes.")
    }
    guard !dryRun else { return try show(script) }
    let job = try submit(script)
    guard !json else { return try print(JSONOutput.text(of: Submitted(job: job, script: script.file, output: output))) }
    try print(
      "job \(job): \(counted(nodes, "node")) with \(counted(script.cores, "processor")) each, the run in \(output)")
    next(job, log: output + ".slurm.log").print()
  }

  private func submitSweep() throws {
    if let nodes, nodes != 1 {
      throw UsageError(
        field: "nodes", "--nodes is \(nodes), but each run of an array has one node; accepted with --array: 1.")
    }
    if let parallel { try check(parallel, "parallel", in: 1...65535) }
    let sweep = try SweepFile.plan(at: plan.text)
    let settings = try Assignment.settings(self.settings)
    let environment = try EnvironmentLayer.assignments(without: "execution.output", "execution.json")
    StandardError.printNotes(on: sweep.assignments + environment + settings)
    let runs = try sweep.runs(defaults: Assignment.settings(SweepCommand.defaults), settings: environment, settings)
    let executions = runs.map(\.spec.resolved.execution)
    if let other = executions.first(where: { ![.processes, .threads].contains($0.launcher) }) {
      throw UsageError(
        field: "launcher",
        "execution.launcher is \"\(other.launcher.rawValue)\", but each run of an array has one node; accepted with "
          + "--array: processes, threads.")
    }
    let widest = executions.map { $0.workers * $0.threads }.max() ?? 1
    let output = absolute(output?.text ?? "runs/\(sweep.name)")
    var script = try script(.array(count: runs.count, parallel: parallel), least: widest, output: output)
    guard script.cores >= widest else {
      throw UsageError(
        field: "cpus-per-task",
        "--cpus-per-task is \(script.cores), but a run has \(widest) compute threads; accepted: at least \(widest).")
    }
    guard !dryRun else { return try show(script) }
    // Before anything is written.
    _ = try sbatch
    try SweepFolder.prepare(output, for: sweep.name, runs: runs)
    let job = try submit(script)
    script.work = .rest(after: job)
    let rest = try submit(script)
    guard !json else {
      return try print(JSONOutput.text(of: Submitted(job: job, rest: rest, script: script.file, output: output)))
    }
    try print(
      "job \(job): \(counted(runs.count, "run")), each on a node with \(counted(script.cores, "processor")); then job "
        + "\(rest) writes \(output)/results.csv")
    next(job, log: output + ".slurm-1.log").print()
  }

  /// What `--json` prints: the job's number, or with `--dry-run` the text of its script.
  private struct Submitted: Encodable {
    var job: String?
    /// Of an array: the job after it.
    var rest: String?
    let script: String
    let output: String
  }

  private func show(_ script: BatchScript) throws {
    guard !json else { return try print(JSONOutput.text(of: Submitted(script: script.text, output: script.output))) }
    try print(script.text, terminator: "")
  }

  private func next(_ job: String, log: String) -> NextSteps {
    var next = NextSteps()
    next.add(command: ShellText.command(["squeue", "--jobs=\(job)"]), "whether it waits or runs")
    next.add(command: ShellText.command(["tail", "-F", log]), "what it says")
    next.add(command: ShellText.command(["scancel", job]), "stores a checkpoint and ends it")
    return next
  }

  private var sbatch: Program {
    get throws {
      do { return try Program("sbatch") } catch {
        throw RunError(
          ExitCode.unavailable,
          "sbatch is not found on the PATH: this machine submits no jobs to Slurm; accepted: a login node of the cluster, "
            + "or --dry-run")
      }
    }
  }

  /// Writes the script and hands it to Slurm; the job's number.
  private func submit(_ script: BatchScript) throws -> String {
    let sbatch = try sbatch
    let parent = UserPath(script.file).folder
    do { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) } catch {
      throw RecordError(.system(EIO), "Cannot create folder \(parent): \(error.localizedDescription)")
    }
    try AtomicFile.write(Array(script.text.utf8), to: script.file)
    // A cluster's name may follow the number.
    let job = try sbatch.output(["--parsable", script.file]).trimmingCharacters(in: .whitespacesAndNewlines)
    return String(job.prefix { $0 != ";" })
  }

  private func absolute(_ path: String) -> String {
    UserPath(path, in: FileManager.default.currentDirectoryPath).trimmed
  }

  /// - Parameter least: processors of a node that the work takes.
  private func script(_ work: BatchScript.Work, least: Int, output: String) throws -> BatchScript {
    let cores = cpusPerTask ?? least
    try check(cores, "cpus-per-task", in: 1...65536)
    try check(notice, "notice", in: 1...65535)
    let name = jobName ?? Self.name(of: plan)
    for (flag, value) in [("partition", partition), ("account", account), ("job-name", name), ("output", output)] {
      if let value { try check(value, flag) }
    }
    for word in extra { try check(word, "--") }
    if let time {
      guard let limit = TimeLimit(time) else {
        throw UsageError(
          field: "time",
          "--time is \"\(time)\"; accepted: minutes, hours:minutes:seconds or days-hours, such as 90, 12:00:00 or 2-00."
        )
      }
      guard limit.seconds > notice else {
        throw UsageError(
          field: "notice",
          "--notice is \(notice) s, but --time is \(time), which is \(limit.seconds) s; accepted: less than that.")
      }
    }
    var script = BatchScript(
      work, name: name, cores: cores, notice: notice, folder: FileManager.default.currentDirectoryPath,
      program: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare",
      plan: absolute(plan.text), output: output)
    (script.time, script.partition, script.account, script.extra) = (time, partition, account, extra)
    // The job may have another environment.
    let environment = try EnvironmentLayer.assignments(without: "execution.output").map {
      "\($0.path)=\($0.value.text)"
    }
    script.options = (environment + settings).flatMap { ["--set", $0] }
    return script
  }

  /// The run's spec: a new one, or that of the run in the folder, which must be of this plan.
  private func spec(of run: String) throws -> RunSpec {
    var layers = [
      try PlanFile.assignments(at: plan.text), try EnvironmentLayer.assignments(without: "execution.output"),
      try Assignment.settings(settings),
    ]
    StandardError.printNotes(on: layers.joined())
    try layers.joined().refuse(
      "execution.output", because: "--output names the run's folder here; accepted: leave it out.")
    layers.append(try Assignment.settings(["execution.launcher=slurm"]))
    guard FileManager.default.fileExists(atPath: run + "/run.json") else { return try RunSpec(layers: layers).resolved }
    return try RunSpec(resuming: run, layers: layers).resolved
  }

  private func check(_ number: Int, _ flag: String, in range: ClosedRange<Int>) throws(UsageError) {
    guard range.contains(number) else {
      throw UsageError(
        field: flag, "--\(flag) is \(number); accepted: \(range.lowerBound) to \(range.upperBound).")
    }
  }

  /// A line of the script holds one option.
  private func check(_ text: String, _ flag: String) throws(UsageError) {
    guard text.isEmpty || text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else { return }
    throw UsageError(
      field: flag, "--\(flag) is \"\(text)\"; accepted: text without line breaks, not empty.")
  }

  private static func name(of plan: UserPath) -> String {
    let file = plan.text.split(separator: "/").last.map(String.init) ?? "run"
    return "tare-" + (file.split(separator: ".").first.map(String.init) ?? "run")
  }
}
