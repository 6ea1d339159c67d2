import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Watch")
  struct Watch {
    private static let small =
      "--network mlp --set dataset.limit=256 --batch 64 --microbatch 32 --launcher threads --workers 1"

    private func train(_ folder: String, _ rest: String) throws -> TareProcess {
      try TareProcess("train \(Self.small) \(rest) --output \(folder)".split(separator: " ").map(String.init))
    }

    @Test("follows a run of another process to its end")
    func done() throws {
      let folder = try TemporaryFolder()
      let run = try train(folder.file("run"), "--steps 300 --metrics-every 10 --progress plain")
      _ = try #require(run.waitForError(containing: "step "))
      let ending = try TareProcess.run(["watch", folder.file("run")])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(ending.output == "\(folder.file("run")): done\n")
      let said = ending.errors.components(separatedBy: "\nNext:\n")
      let last = said[0].split(separator: "\n").last ?? ""
      #expect(said.count == 2)
      #expect(last.hasPrefix("step 300/300  epoch 75.0  loss ") && last.contains("test error"))
      #expect(run.finish().exitCode == 0)
    }

    @Test("reports that a run was killed, and follows it to its end once it is resumed")
    func cutOff() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("run")
      let run = try train(path, "--steps 100000 --metrics-every 10 --checkpoint-every 20 --progress plain")
      _ = try #require(run.waitForError(containing: "step "))
      let watch = try TareProcess(["watch", path])
      _ = try #require(watch.waitForError(containing: "step "))
      run.signal(SIGKILL)
      _ = run.finish()
      let ending = watch.finish()
      #expect(ending.exitCode == 1 && ending.output == "\(path): stopped\n", "\(ending.errors)")
      let stopped = try TareProcess.run(["watch", path, "--once"])
      #expect(stopped.exitCode == 1 && stopped.errors.contains("step "))
      let step = try #require(
        stopped.errors.split(separator: "/").first?.split(separator: " ").last.flatMap { Int($0) })
      let resumed = try TareProcess.run(
        ["train", "--resume", path, "--steps", "\(step + 100)", "--progress", "none"])
      #expect(resumed.exitCode == 0, "\(resumed.errors)")
      let after = try TareProcess.run(["watch", path])
      #expect(after.exitCode == 0 && after.errors.contains("step \(step + 100)/\(step + 100)"), "\(after.errors)")
    }

    @Test("a sweep: how many have ended, and how", .enabled(if: hasScript, "util-linux's script is not installed"))
    func sweep() throws {
      let folder = try TemporaryFolder()
      let plan = """
        sweep: tiny
        base: {network: mlp, normalization: none, dataset.limit: 256, batch: 64, microbatch: 32, steps: 4}
        axes: [optimizer.learningRate: [1e-9, 0.03, 1e30]]
        """
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      let path = folder.file("sweep")
      let sweep = try TareProcess.run(["sweep", folder.file("plan.yaml"), "--output", path])
      #expect(sweep.exitCode == 0)
      let ending = try TareProcess.run(["watch", path])
      let errors = try String(contentsOfFile: path + "/results.csv", encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let column = try #require(errors[0].firstIndex(of: "testError"))
      let found = try (#require(Double(errors[1][column])), #require(Double(errors[2][column])))
      try #require(found.0 != found.1)
      // By its axes, as the sweep itself names it.
      let best =
        found.0 < found.1
        ? (error: found.0, run: "optimizer.learningRate 1e-9")
        : (error: found.1, run: "optimizer.learningRate 0.03")
      let words = "\(String(format: "%.2f %%", best.error * 100))"
      #expect(ending.exitCode == 0)
      #expect(ending.errors.hasPrefix("3/3 ended, 1 diverged  best \(words), \(best.run)\n"), "\(ending.errors)")
      let shown = try Self.onTerminal("watch \(path)", in: folder)
      #expect(shown.contains("best \(String(format: "%.2f %%", best.error * 100))  \(best.run)"), "\(shown)")
    }

    @Test("a running sweep: which runs are training, how far they are, and how long the rest takes")
    func runningSweep() throws {
      let folder = try TemporaryFolder()
      let plan = """
        sweep: long
        base: {network: mlp, dataset.limit: 256, batch: 64, microbatch: 32, execution.metricsEvery: 10}
        axes: [{steps: [1, 100000]}, {seed: [1, 2]}]
        """
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      let path = folder.file("sweep")
      let sweep = try TareProcess(["sweep", folder.file("plan.yaml"), "--output", path, "--parallel", "1"])
      _ = try #require(sweep.waitForError(containing: "[2/4]"))
      let deadline = ContinuousClock.now + .eventDeadline
      var said = ""
      while !said.contains("loss"), ContinuousClock.now < deadline {
        said = try TareProcess.run(["watch", path, "--once"]).errors
      }
      #expect(said.hasPrefix("2/4 ended, 1 running  ") && said.contains(" left  best "), "\(said)")
      #expect(said.contains("[steps 100000, seed 1: step ") && said.contains("/100000"))
      // The results so far are there for others, in whole lines.
      let results = String(decoding: try folder.read("sweep/results.csv"), as: UTF8.self)
      #expect(results.hasSuffix("\n") && results.split(separator: "\n").count == 3)
      sweep.signal(SIGTERM)
      _ = sweep.finish()
    }

    @Test("a run says whether it is in equilibrium", .enabled(if: hasScript, "util-linux's script is not installed"))
    func equilibrium() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network conv3 --batch 32 --microbatch 16 --steps 6", in: folder.file("run"))
      let closing = try TareProcess.run(["runs", "show", run.folder]).output
      let words = try #require(closing.split(separator: "\n").first { $0.hasPrefix("not yet in equilibrium: ") })
      #expect(words.hasSuffix(" steps, had 6"))
      #expect(try Self.onTerminal("watch \(run.folder)", in: folder).contains(words))
    }

    @Test("a diverged run: with --once too, the exit code says that it is not done")
    func diverged() throws {
      let folder = try TemporaryFolder()
      let run = try train(folder.file("run"), "--steps 20 --lr 1e30 --normalization none")
      #expect(run.finish().exitCode == 65)
      for once in [[], ["--once"]] {
        let ending = try TareProcess.run(["watch", folder.file("run")] + once)
        #expect(ending.exitCode == 1 && ending.output.contains(": diverged"), "\(ending.output)")
      }
    }

    @Test("a folder without a run is refused in one sentence")
    func nothing() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(["watch", folder.path])
      #expect(ending.exitCode == 64 && ending.errors.contains("holds no run"), "\(ending.errors)")
    }

    private static let script = "/usr/bin/script"
    private static var hasScript: Bool { FileManager.default.isExecutableFile(atPath: script) }

    @Test(
      "on a terminal the view is drawn in place, to the end, and without colors if NO_COLOR is set",
      .enabled(if: hasScript, "util-linux's script is not installed"),
      arguments: [false, true])
    func terminal(withoutColor: Bool) throws {
      let folder = try TemporaryFolder()
      let text = try Self.onTerminal(
        "train \(Self.small) --steps 40 --metrics-every 10 --output \(folder.file("run"))", in: folder,
        environment: ["NO_COLOR": withoutColor ? "1" : ""])
      #expect(text.contains("\u{1B}[36m") != withoutColor)
      #expect(text.contains("A\r"), "the view goes up to be drawn over")
      #expect(!text.contains("\u{1B}[?25l"), "the cursor is never hidden")
      // What is left standing: what follows the last way up.
      let last = text.components(separatedBy: "A\r").last ?? ""
      #expect(last.contains("step 40/40") && last.contains("dense1") && last.contains("test error"))
    }

    /// Everything that `tare` writes to a terminal of 90 columns.
    private static func onTerminal(
      _ arguments: String, in folder: TemporaryFolder, environment: [String: String] = [:]
    ) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: script)
      process.arguments = [
        "-qec", "stty cols 90 rows 30; exec \(TareProcess.executable.path) \(arguments)", folder.file("typescript"),
      ]
      process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
        .merging(environment) { $1 }
      (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
      let ended = DispatchSemaphore(value: 0)
      process.terminationHandler = { _ in ended.signal() }
      try process.run()
      guard ended.wait(timeout: .now() + 60) == .success else {
        process.terminate()
        throw TookTooLong()
      }
      #expect(process.terminationStatus == 0)
      return String(decoding: try folder.read("typescript"), as: UTF8.self)
    }

    private struct TookTooLong: Error {}
  }
}
