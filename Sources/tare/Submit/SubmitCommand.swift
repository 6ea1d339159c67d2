import ArgumentParser
import Failures
import Foundation
import Launching
import Plans
import Records
import Specification
import Training

struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Train a run as a batch job of Slurm.",
    discussion: """
      Writes a batch script beside the run's folder and submits it with sbatch. In the job, tare train --launcher slurm leads \
      the run on the first node, and srun starts an agent on each node.

      Before the time limit the run stores its state and the job requeues itself, as often as it takes; so it also goes on \
      after a node has failed and after scontrol requeue. scancel stores the state and ends the job.

      EXAMPLES
        tare submit plan.yaml --nodes 3
        tare submit plan.yaml --nodes 3 --time 12:00:00 --partition long --dry-run
        tare submit plan.yaml --nodes 2 --set execution.workers=8 -- --qos=low --mem=8G
        tare submit plan.yaml --nodes 3 --output runs/a
            goes on with the run if runs/a holds one of this plan

      FILES WRITTEN, beside the run's folder (default runs/<time>-<id>)
        <folder>.sbatch     the script
        <folder>.slurm.log  what the job says; a job that is requeued appends

      EXIT CODES
        0 submitted, 64 invalid plan or flag, 69 sbatch is missing or refuses the job, 74 input or output failed
      """)

  @Argument(
    help: ArgumentHelp("A YAML file with the run's fields, or a run.json.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath

  @Option(help: ArgumentHelp("Nodes of the cluster to train on.", valueName: "n"))
  var nodes: Int

  @Option(
    help: ArgumentHelp("Processors of each node (default: what the workers take, spread evenly).", valueName: "n"))
  var cpusPerTask: Int?

  @Option(help: ArgumentHelp("Time limit, as sbatch takes it (default: the partition's).", valueName: "time"))
  var time: String?

  @Option(help: ArgumentHelp("Partition (default: the cluster's).", valueName: "name"))
  var partition: String?

  @Option(help: ArgumentHelp("Account to charge.", valueName: "name"))
  var account: String?

  @Option(help: ArgumentHelp("Name of the job (default: the plan's).", valueName: "name"))
  var jobName: String?

  @Option(
    help: ArgumentHelp(
      "How long before the time limit the run stores its state and makes room; Slurm may be a minute early.",
      valueName: "seconds"))
  var notice = 120

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set a field of the run; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The run's folder; on a disk that all nodes see.", valueName: "folder"))
  var output: UserPath?

  @Flag(help: "Print the script and submit nothing.")
  var dryRun = false

  @Argument(parsing: .postTerminator, help: ArgumentHelp("More options for sbatch, after --.", valueName: "options"))
  var extra: [String] = []

  func run() throws {
    let script = try script()
    guard !dryRun else { return try print(script.text, terminator: "") }
    let sbatch: Program
    do { sbatch = try Program("sbatch") } catch {
      throw RunError(
        ExitCode.unavailable,
        "sbatch is not found on the PATH: this machine submits no jobs to Slurm; accepted: a login node of the cluster, or "
          + "--dry-run")
    }
    let file = script.run + ".sbatch"
    let parent = UserPath(script.run).folder
    do { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) } catch {
      throw RecordError(.system(EIO), "Cannot create folder \(parent): \(error.localizedDescription)")
    }
    try AtomicFile.write(Array(script.text.utf8), to: file)
    // A cluster's name may follow the number.
    let job = try sbatch.output(["--parsable", file]).trimmingCharacters(in: .whitespacesAndNewlines)
    let number = String(job.prefix { $0 != ";" })
    try print(
      "job \(number): \(counted(script.nodes, "node")) with \(counted(script.cores, "processor")) each, the run in "
        + script.run)
    var next = NextSteps()
    next.add(command: ShellText.command(["squeue", "--jobs=\(number)"]), "whether it waits or runs")
    next.add(command: ShellText.command(["tail", "-F", script.log]), "what it says")
    next.add(command: ShellText.command(["scancel", number]), "stores a checkpoint and ends it")
    next.print()
  }

  /// The script that plan and flags amount to, checked.
  private func script() throws -> BatchScript {
    guard plan.text != "-" else {
      throw UsageError(field: "plan", "the plan is standard input, which the job will not have; accepted: a file.")
    }
    let working = FileManager.default.currentDirectoryPath
    func absolute(_ path: String) -> String { UserPath(path, in: working).trimmed }
    let run = absolute(output?.text ?? "runs/\(RunFolder.newName())")
    let spec = try spec(of: run)
    let execution = spec.execution
    try check(nodes, "nodes", in: 1...65536)
    try check(notice, "notice", in: 1...65535)
    let cores = cpusPerTask ?? (execution.workers + nodes - 1) / nodes * execution.threads
    try check(cores, "cpus-per-task", in: 1...65536)
    let room = nodes * (cores / execution.threads)
    guard room >= execution.workers else {
      throw UsageError(
        field: "cpus-per-task",
        "--cpus-per-task is \(cores): \(counted(nodes, "node")) have room for \(counted(room, "worker")) of "
          + "\(counted(execution.threads, "thread")), but execution.workers is \(execution.workers); accepted: at least "
          + "\((execution.workers + nodes - 1) / nodes * execution.threads), or more nodes.")
    }
    let name = jobName ?? Self.name(of: plan)
    for (flag, value) in [("partition", partition), ("account", account), ("job-name", name), ("output", run)] {
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
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare"
    var script = BatchScript(
      name: name, nodes: nodes, cores: cores, notice: notice, folder: working, program: program, run: run,
      plan: absolute(plan.text))
    (script.time, script.partition, script.account, script.extra) = (time, partition, account, extra)
    script.options = settings.flatMap { ["--set", $0] }
    return script
  }

  /// The run's spec: a new one, or that of the run in the folder, which must be of this plan.
  private func spec(of run: String) throws -> RunSpec {
    var layers = [try PlanFile.assignments(at: plan.text), try Assignment.settings(settings)]
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
