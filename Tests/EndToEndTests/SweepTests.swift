import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Sweep")
  struct Sweep {
    private static let plan = """
      sweep: small
      base: {network: mlp, dataset.limit: 256, batch: 64, microbatch: 32, steps: 12, schedule: cosine}
      axes:
        - optimizer.learningRate: [0.01, 0.1]
        - condition: {free: {}, projected: {projection: filter, projectionKeepsL2: true}}
        - seed: [1, 2]
      """

    private func write(_ plan: String = plan, in folder: TemporaryFolder) throws -> String {
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      return folder.file("plan.yaml")
    }

    private func arguments(_ plan: String, _ folder: TemporaryFolder, _ rest: String = "") -> [String] {
      ["sweep", plan, "--output", folder.file("sweep")] + rest.split(separator: " ").map(String.init)
    }

    /// The lines of results.csv, without the folder.
    private func results(_ folder: TemporaryFolder) throws -> [[Substring]] {
      String(decoding: try folder.read("sweep/results.csv"), as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test("every run has the bits of its spec trained alone, and a line in results.csv")
    func alone() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(arguments(try write(in: folder), folder))
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(ending.output.hasPrefix("8 runs: 8 done, 0 diverged, 0 failed; "))
      let lines = try results(folder)
      #expect(lines.count == 9)
      #expect(lines[0].prefix(6) == ["run", "part", "optimizer.learningRate", "condition", "seed", "status"])
      let alone = try SmallRun(
        "--network mlp --set dataset.limit=256 --batch 64 --microbatch 32 --steps 12 --schedule cosine --lr 0.1 "
          + "--projection filter --set projectionKeepsL2=true --seed 2", in: folder.file("alone"))
      let column = try #require(lines[0].firstIndex(of: "weightsSHA256"))
      #expect(lines[8][column] == (try alone.ending.weightsSHA256))
      #expect(Set(lines.dropFirst().map { $0[column] }).count == 8)
    }

    @Test("a run trained alone is kept by the sweep, and nobody else touches it while it is being trained")
    func oneRun() throws {
      let folder = try TemporaryFolder()
      let plan = try write(in: folder)
      // So many steps that it is there until it is told to end.
      let long = "--set steps=1000000 --set schedule=constant --set execution.metricsEvery=1 --run 1"
      let running = try TareProcess(arguments(plan, folder, long))
      _ = try #require(running.waitForError(containing: "step 1/"))
      let beside = try TareProcess.run(arguments(plan, folder, long))
      #expect(beside.exitCode != 0 && beside.errors.contains("is being led by process"), "\(beside.errors)")
      running.signal(SIGTERM)
      #expect(running.finish().exitCode == 143)
      let resumed = try TareProcess(arguments(plan, folder, long))
      _ = try #require(resumed.waitForErrors { $0.components(separatedBy: "\nstep ").count > 1 })
      resumed.signal(SIGTERM)
      let goneOn = resumed.finish()
      #expect(goneOn.exitCode == 143 && !goneOn.errors.contains("step 1/1000000"), "\(goneOn.errors)")
      try FileManager.default.removeItem(atPath: folder.file("sweep"))

      let alone = try TareProcess.run(arguments(plan, folder, "--run 3"))
      #expect(alone.exitCode == 0 && alone.output.contains("weights SHA-256"), "\(alone.errors)")
      let again = try TareProcess.run(arguments(plan, folder, "--run 3"))
      #expect(again.exitCode == 0 && again.errors.contains("run 3 is done already"), "\(again.errors)")
      let ending = try TareProcess.run(arguments(plan, folder, "--resume"))
      #expect(ending.exitCode == 0 && ending.errors.contains("[8/8]"), "\(ending.errors)")
      let whole = try TareProcess.run(
        ["sweep", plan, "--output", folder.file("whole")])
      #expect(whole.exitCode == 0)
      let column = try #require(try results(folder)[0].firstIndex(of: "weightsSHA256"))
      let expected = String(decoding: try folder.read("whole/results.csv"), as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)[column]
      }
      #expect(try results(folder).map { $0[column] } == expected)
      let none = try TareProcess.run(arguments(plan, folder, "--run 9"))
      #expect(none.exitCode == 64 && none.errors.contains("--run is 9, but sweep small has 8 runs"), "\(none.errors)")
    }

    @Test("the report's command for one run of a sweep trains that run, bit for bit")
    func reproduced() throws {
      let folder = try TemporaryFolder()
      #expect(try TareProcess.run(arguments(try write(in: folder), folder)).exitCode == 0)
      #expect(try TareProcess.run(["report", folder.file("sweep"), "--output", folder.file("report")]).exitCode == 0)
      let page = String(decoding: try folder.read("report/index.html"), as: UTF8.self)
      let data = try #require(page.firstMatch(of: /id="data"[^>]*>(\{.*?\})<\/script>/.dotMatchesNewlines()))
      let json = try JSONSerialization.jsonObject(with: Data(data.1.utf8))
      let runs = try #require((json as? [String: Any])?["runs"] as? [[String: Any]])
      let run = try #require(runs.last)
      let metrics = URL(fileURLWithPath: try #require(run["folder"] as? String) + "/metrics.csv")
      let command = try #require(run["command"] as? String)
      let alone = try #require(command.split(separator: "\n").last).split(separator: " ").map(String.init)
      #expect(alone.prefix(2) == ["tare", "train"])
      let ending = try TareProcess.run(alone.dropFirst() + ["--json", "--output", folder.file("alone")])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == run["weights"] as? String)
      #expect(try folder.read("alone/metrics.csv") == Array(Data(contentsOf: metrics)))
    }

    @Test("a sweep that is bound to one processor trains one run at a time")
    func affinity() throws {
      let folder = try TemporaryFolder()
      let plan = try write(in: folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments =
        ["-c", "taskset -c \"$0\" \"$@\"", "0", TareProcess.executable.path] + arguments(plan, folder)
      let output = Pipe()
      process.standardError = output
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let errors = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && errors.contains("8 runs, 1 at a time"), "\(errors)")
    }

    @Test("a killed sweep resumes: finished runs are kept, and the results are the same")
    func resumed() throws {
      let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
      let plan = try write(in: folder)
      let process = try TareProcess(arguments(plan, folder, "--parallel 1"))
      _ = try #require(process.waitForError(containing: "[3/8]"))
      process.signal(SIGKILL)
      _ = process.finish()
      let kept = try results(folder)
      #expect((4...8).contains(kept.count), "the header and the runs so far")
      let refused = try TareProcess.run(arguments(plan, folder))
      #expect(refused.exitCode == 64 && refused.errors.contains("already holds this sweep; accepted: --resume"))
      let ending = try TareProcess.run(arguments(plan, folder, "--resume"))
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try results(folder).map { $0[0] } == ["run"] + (1...8).map { "\($0)" })
      #expect(try kept.allSatisfy { try results(folder).contains($0) }, "what was there stays, once")
      let trained = ending.errors.split(separator: "\n").count { $0.hasPrefix("[") }
      #expect((1...5).contains(trained), "\(ending.errors)")
      _ = try TareProcess.run(arguments(plan, other))
      let column = try #require(try results(folder)[0].firstIndex(of: "weightsSHA256"))
      #expect(try results(folder).map { $0[column] } == results(other).map { $0[column] })
    }

    @Test("a run that diverges is recorded; the sweep continues")
    func diverged() throws {
      let folder = try TemporaryFolder()
      let plan = Self.plan.replacing("[0.01, 0.1]", with: "[0.01, 1e30]").replacing("seed: [1, 2]", with: "seed: [1]")
      let ending = try TareProcess.run(
        arguments(try write(plan.replacing("{free: {}, ", with: "{free: {normalization: none}, "), in: folder), folder))
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let lines = try results(folder)
      let (status, cause) = try (
        #require(lines[0].firstIndex(of: "status")), #require(lines[0].firstIndex(of: "cause"))
      )
      let bad = lines.dropFirst().filter { $0[status] == "diverged" }
      #expect(bad.contains { $0[2] == "1e30" && $0[3] == "free" })
      #expect(bad.allSatisfy { $0[cause].contains("is not finite") })
      #expect(lines.dropFirst().count { $0[status] == "done" } >= 2)
    }

    @Test("a signal ends it in good order")
    func signaled() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        arguments(try write(Self.plan.replacing("steps: 12", with: "steps: 100000"), in: folder), folder))
      _ = try #require(process.waitForError(containing: "sweep small: 8 runs"))
      process.signal(SIGTERM)
      let ending = process.finish()
      #expect(ending.exitCode == 143 && ending.errors.contains("tare: interrupted by signal 15\n"))
      process.expectNothingLeft()
    }

    @Test("a dry run leaves nothing, and estimates the duration")
    func dryRun() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(arguments(try write(in: folder), folder, "--dry-run"))
      #expect(ending.exitCode == 0)
      let lines = ending.output.split(separator: "\n")
      #expect(lines.count == 10 && lines[0] == "1  optimizer.learningRate 0.01, condition free, seed 1")
      #expect(lines[8].hasPrefix("sweep small: 8 runs, ") && lines[8].hasSuffix(" at a time, 96 steps in all"))
      #expect(lines[9].hasPrefix("about ") && lines[9].hasSuffix(" s, measured on 1 kind of run"))
      #expect(!FileManager.default.fileExists(atPath: folder.file("sweep")))
    }

    @Test("a folder with nothing but a lock is accepted; one of another plan with the same name is refused")
    func folders() throws {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder.file("sweep"), withIntermediateDirectories: false)
      try folder.write([], to: "sweep/lock")
      try folder.write([], to: "sweep/sweep.json.1.partial")
      let plan = try write(Self.plan.replacing("steps: 12", with: "steps: 1"), in: folder)
      let ending = try TareProcess.run(arguments(plan, folder))
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let before = try folder.read("sweep/results.csv")
      let other = try TareProcess.run(arguments(try write(in: folder), folder))
      #expect(other.exitCode == 64 && other.errors.contains("already holds another sweep, small with 8 runs; accepted"))
      #expect(try folder.read("sweep/results.csv") == before)
    }

    @Test("a changed plan, and a folder without a sweep, are refused")
    func refusals() throws {
      let folder = try TemporaryFolder()
      let plan = try write(Self.plan.replacing("steps: 12", with: "steps: 1"), in: folder)
      let none = try TareProcess.run(arguments(plan, folder, "--resume"))
      #expect(none.exitCode == 64 && none.errors.contains("holds no sweep"))
      #expect(try TareProcess.run(arguments(plan, folder)).exitCode == 0)
      let changed = try TareProcess.run(arguments(try write(in: folder), folder, "--resume"))
      #expect(changed.exitCode == 64 && changed.errors.contains("the plan of sweep small (8 runs) differs"))
    }
  }
}
