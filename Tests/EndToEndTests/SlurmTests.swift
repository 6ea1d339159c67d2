import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Jobs of a cluster of three nodes with two processors each.
  @Suite(
    "Slurm", .enabled(if: SlurmCluster.isPossible, "slurmd or munged is not installed, or this is not root"))
  struct Slurm {
    private static let run = "--network mlp --steps 400 --microbatch 16 --workers 3 --set execution.evaluateEvery=40"

    private let folder: TemporaryFolder
    private let cluster: SlurmCluster

    init() throws {
      folder = try TemporaryFolder()
      cluster = try SlurmCluster(in: folder)
    }

    /// The weights of the same run on this machine alone.
    private static let expected = Result {
      let folder = try TemporaryFolder()
      return try SmallRun(run, in: folder.file("run")).ending.weightsSHA256
    }

    /// Submits the run; the job's number.
    private func submit(_ options: String) throws -> String {
      let plan = """
        network: mlp
        dataset: {limit: 512}
        steps: 400
        microbatch: 16
        execution: {workers: 3, evaluateEvery: 40, metricsEvery: 2}

        """
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      let words = "submit \(folder.file("plan.yaml")) --nodes 3 --output \(folder.file("run")) \(options)"
      let process = try TareProcess(words.split(separator: " ").map(String.init), variables: cluster.variables)
      let ending = process.finish()
      try #require(ending.exitCode == 0, "\(ending.errors)")
      let number = try #require(ending.output.split(separator: ":").first?.split(separator: " ").last)
      #expect(ending.errors.contains("scancel \(number)"), "\(ending.errors)")
      return String(number)
    }

    private var said: String { SlurmCluster.content(of: folder.file("run.slurm.log")) }

    private var log: String { SlurmCluster.content(of: folder.file("run/log.txt")) }

    private func waitForTraining() throws { try cluster.wait(for: "step 2/", in: folder.file("run.slurm.log")) }

    private var record: [String: Any] {
      get throws {
        try #require(JSONSerialization.jsonObject(with: Data(folder.read("run/run.json"))) as? [String: Any])
      }
    }

    private var weightsSHA256: String? {
      get throws { try (record["result"] as? [String: Any])?["weightsSHA256"] as? String }
    }

    /// Of the newest checkpoint.
    private var step: Int {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.file("run/checkpoints"))) ?? []
      return names.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }.max() ?? -1
    }

    @Test("three nodes end with the same bits, and leave nothing")
    func threeNodes() throws {
      let expected = try Self.expected.get()
      let job = try submit("")
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "COMPLETED", "\(said)")
      #expect(try weightsSHA256 == expected)
      try cluster.waitForNobody()
      for node in SlurmCluster.nodes { #expect(log.contains("host \(node) joined: 1 slot"), "\(log)") }
      #expect(!said.contains("srun: error"), "\(said)")
    }

    @Test("scancel stores the state, ends every process of the job and no other")
    func canceled() throws {
      let bystander = try TareProcess(
        SmallRun.arguments("--network mlp --steps 1000000", output: folder.file("other")),
        variables: cluster.variables.filter { !$0.key.hasPrefix("TARE_CLUSTER") })
      let job = try submit("--set steps=1000000 --set execution.evaluateEvery=1000000")
      try waitForTraining()
      try cluster.run("scancel", job)
      try cluster.waitForNobody()
      try cluster.wait(for: job, "CANCELLED")
      #expect(try record["status"] as? String == "interrupted" && step > 0, "\(said)")
      #expect(bystander.isRunning)
      bystander.signal(SIGINT)
      #expect(bystander.finish().exitCode == 130)
    }

    @Test(
      "scontrol requeue: the job goes on from its checkpoint with the same bits, and appends to its log",
      .enabled(if: TestSize.isProof, "one of the long forms, which make proof runs"))
    func requeued() throws {
      let expected = try Self.expected.get()
      let job = try submit("")
      try waitForTraining()
      try cluster.run("scontrol", "requeue", job)
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "COMPLETED", "\(said)")
      #expect(try cluster.field("Restarts", of: job) == "1")
      #expect(try weightsSHA256 == expected)
      #expect(said.components(separatedBy: "step 2/400").count == 2, "\(said)")
    }

    @Test(
      "told to make room, the run stores its state, the job requeues itself and ends with the same bits",
      .enabled(if: TestSize.isProof, "one of the long forms, which make proof runs"))
    func madeRoom() throws {
      let expected = try Self.expected.get()
      let job = try submit("")
      try waitForTraining()
      let coordinator = try #require(cluster.coordinator)
      // What comes before the time limit.
      try cluster.run("scancel", "--signal=USR1", "--batch", job)
      #expect(coordinator.waitForEnd(within: Deadline.event))
      #expect(step > 0 && step < 400, "\(said)")
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "COMPLETED", "\(said)")
      #expect(try cluster.field("Restarts", of: job) == "1")
      #expect(try weightsSHA256 == expected)
      #expect(said.components(separatedBy: "step 2/400").count == 2, "\(said)")
    }

    @Test("before the time limit the run stores its state, and the next allocation goes on from there")
    func timeLimit() throws {
      let job = try submit("--set steps=1000000 --set execution.evaluateEvery=1000000 --time 60 --notice 30")
      try waitForTraining()
      let coordinator = try #require(cluster.coordinator)
      try cluster.run("scontrol", "update", "JobId=\(job)", "TimeLimit=1")
      #expect(coordinator.waitForEnd(within: Deadline.event))
      let stored = step
      #expect(stored > 0, "\(said)")
      let last = "\ntare: interrupted by signal 15"
      var goesOn: Int?
      try cluster.wait("the job goes on") {
        // Other lines about a step name what happened in it.
        let match = said.components(separatedBy: last).last?.firstMatch(of: /\nstep ([0-9]+)\//)
        goesOn = match.flatMap { Int($0.1) }
        return goesOn != nil
      }
      #expect((goesOn ?? 0) > stored, "\(said)")
      #expect(try cluster.field("Restarts", of: job) == "1")
      try cluster.run("scancel", job)
      try cluster.waitForNobody()
    }

    @Test("an agent that is killed, and a node whose daemon is: what ran there runs elsewhere, with the same bits")
    func lostNodes() throws {
      let expected = try Self.expected.get()
      let job = try submit("--set execution.workers=2 --cpus-per-task 2")
      try waitForTraining()
      kill(try #require(cluster.agent(on: "n1")).id, SIGKILL)
      try cluster.wait(for: "host n1 was lost: Killed", in: folder.file("run/log.txt"))
      kill(try #require(cluster.stepDaemon(of: job, on: "n2")), SIGKILL)
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "COMPLETED", "\(said)")
      #expect(log.contains("host n2 was lost: "), "\(log)")
      #expect(try weightsSHA256 == expected)
      try cluster.waitForNobody()
    }

    @Test(
      "a run without any node left fails the job, with the code of a run that can be resumed",
      .enabled(if: TestSize.isProof, "one of the long forms, which make proof runs"))
    func allLost() throws {
      let job = try submit("")
      try waitForTraining()
      for node in SlurmCluster.nodes { kill(try #require(cluster.agent(on: node)).id, SIGKILL) }
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "FAILED", "\(said)")
      #expect(try cluster.field("ExitCode", of: job) == "75:0", "\(said)")
      try cluster.waitForNobody()
    }

    @Test("a coordinator that is killed fails the job, and nobody stays on any node")
    func killedCoordinator() throws {
      let job = try submit("")
      try waitForTraining()
      kill(try #require(cluster.coordinator).id, SIGKILL)
      try cluster.waitForNobody()
      #expect(try cluster.wait(for: job, "COMPLETED", "FAILED") == "FAILED", "\(said)")
      #expect(try cluster.field("ExitCode", of: job) == "137:0")
    }

    @Test("a sweep as an array: its folder is as tare sweep leaves it, with the same bits")
    func array() throws {
      let plan = """
        sweep: three
        base: {network: mlp, dataset: {limit: 512}, steps: 40, microbatch: 16}
        axes: {seed: [1, 2, 3]}

        """
      try folder.write(Array(plan.utf8), to: "sweep.yaml")
      func tare(_ words: String) throws -> TareProcess.Ending {
        try TareProcess(words.split(separator: " ").map(String.init), variables: cluster.variables).finish()
      }
      let local = try tare("sweep \(folder.file("sweep.yaml")) --output \(folder.file("local"))")
      #expect(local.exitCode == 0, "\(local.errors)")
      let submitted = try tare("submit \(folder.file("sweep.yaml")) --array --output \(folder.file("array"))")
      #expect(submitted.exitCode == 0, "\(submitted.errors)")
      let words = submitted.output.split { $0 == " " || $0 == ":" }
      let rest = try #require(words.lastIndex(of: "job").map { String(words[$0 + 1]) })
      #expect(try cluster.wait(for: rest, "COMPLETED", "FAILED") == "COMPLETED")
      #expect(try Self.results(folder.file("array")) == Self.results(folder.file("local")))
      let log = SlurmCluster.content(of: folder.file("array.slurm-rest.log"))
      #expect(log.contains("3 runs: 3 done, 0 diverged, 0 failed"), "\(log)")
      // Each was trained by its task, with its title and progress.
      for number in 1...3 {
        let log = SlurmCluster.content(of: folder.file("array.slurm-\(number).log"))
        #expect(log.contains("; seed \(number)") && log.contains("step 40/40"), "\(log)")
      }
      try cluster.waitForNobody()
    }

    /// `results.csv` without the seconds and the folders.
    private static func results(_ path: String) throws -> [[String]] {
      let lines = SlurmCluster.content(of: path + "/results.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      let header = try #require(lines.first)
      let kept = header.indices.filter { header[$0] != "seconds" && header[$0] != "folder" }
      try #require(lines.count == 4 && kept.count < header.count)
      return lines.map { line in kept.map { line[$0] } }
    }

    @Test("inside of salloc each node offers what was granted there; a run that does not fit is refused at once")
    func allocation() throws {
      let expected = try Self.expected.get()
      func train(_ tasks: Int, _ name: String, through program: String = "") throws -> TareProcess.Ending {
        try TareProcess(
          SmallRun.arguments("\(Self.run) --launcher slurm", output: folder.file(name)),
          through: "exec salloc --quiet --nodes=2 --ntasks=\(tasks) --cpus-per-task=1 \(program) \"$0\" \"$@\"",
          variables: cluster.variables
        ).finish()
      }
      let ending = try train(3, "run")
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      #expect(log.contains("host n1 joined: 2 slots") && log.contains("host n2 joined: 1 slot,"), "\(log)")
      let small = try train(2, "small")
      #expect(small.exitCode == 64)
      #expect(
        small.errors.contains("execution.workers is 3, of 1 thread each, but job"), "\(small.errors)")
      let several = try train(2, "several", through: "srun")
      #expect(several.exitCode == 64 && several.errors.contains("SLURM_STEP_NUM_TASKS is 2"), "\(several.errors)")
      for name in ["small", "several"] { #expect(!FileManager.default.fileExists(atPath: folder.file(name))) }
    }
  }

  @Suite("Slurm, refusals")
  struct SlurmRefusals {
    @Test("bad words are refused in one sentence, before anything is submitted")
    func words() throws {
      let folder = try TemporaryFolder()
      try folder.write(Array("{microbatch: 16, execution: {workers: 4, threads: 2}}\n".utf8), to: "plan.yaml")
      let plan = folder.file("plan.yaml")
      for (words, exitCode, sentence) in [
        ("\(plan) --nodes 0", 64, "--nodes is 0; accepted: 1 to 65536."),
        ("\(plan) --nodes 2 --notice 0", 64, "--notice is 0"),
        ("\(plan) --nodes 2 --time soon", 64, "--time is \"soon\"; accepted: minutes"),
        ("\(plan) --nodes 2 --time 1", 64, "--notice is 120 s, but --time is 1, which is 60 s"),
        ("\(plan) --nodes 2 --cpus-per-task 3", 64, "--cpus-per-task is 3: 2 nodes have room for 2 workers"),
        (plan, 64, "--nodes is missing; accepted: a number of nodes, or --array"),
        ("\(plan) --nodes 2 --parallel 2", 64, "--parallel is 2, without --array"),
        ("\(plan) --array", 64, "the plan"),
        ("cluster/plans/glyphs-map.yaml --array --nodes 2", 64, "--nodes is 2, but each run of an array has one node"),
        ("- --nodes 2", 64, "the plan is standard input"),
        ("\(plan) --nodes 2 --set execution.output=x", 64, "--output names the run's folder here"),
        ("\(plan) --nodes 2 --output \(folder.file("run"))", 69, "sbatch is not found on the PATH"),
      ] {
        let ending = try TareProcess(
          "submit \(words)".split(separator: " ").map(String.init), variables: ["PATH": "/nowhere"]
        ).finish()
        #expect(ending.exitCode == exitCode && ending.errors.contains(sentence), "\(words): \(ending.errors)")
        #expect(ending.output.isEmpty)
      }
      #expect(try folder.names == ["plan.yaml"])
      let script = try TareProcess(
        "submit \(plan) --nodes 2 --output \(folder.file("run")) --dry-run".split(separator: " ").map(String.init)
      ).finish()
      #expect(script.exitCode == 0 && script.output.contains("#SBATCH --cpus-per-task=4\n"))
      #expect(try folder.names == ["plan.yaml"])
    }

    @Test("the folder of another run is refused")
    func otherRun() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 8", in: folder.file("run")).folder
      try folder.write(Array("{network: mlp, dataset: {limit: 512}, steps: 8, seed: 2}\n".utf8), to: "plan.yaml")
      let words = "submit \(folder.file("plan.yaml")) --nodes 2 --output \(run) --dry-run"
      let ending = try TareProcess(words.split(separator: " ").map(String.init)).finish()
      #expect(ending.exitCode == 64 && ending.errors.contains("seed is 2, but the run to resume has 1"))
    }

    @Test("outside of an allocation, launcher slurm names the ways into one")
    func outside() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess(
        SmallRun.arguments("--network mlp --steps 8 --launcher slurm", output: folder.file("run")),
        through: "unset SLURM_JOB_ID; exec \"$0\" \"$@\""
      ).finish()
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains("accepted: tare submit, or tare train inside of sbatch or salloc"))
    }
  }
}
