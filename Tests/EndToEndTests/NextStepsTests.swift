import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// The commands that lead on, as people paste them.
  @Suite("Next steps")
  struct NextSteps {
    private static let small = [
      "--network", "mlp", "--set", "dataset.limit=256", "--batch", "64", "--microbatch", "32", "--launcher", "threads",
      "--workers", "1",
    ]

    /// A folder whose name a shell would take apart.
    private func folder() throws -> (parent: TemporaryFolder, path: String) {
      let parent = try TemporaryFolder()
      return (parent, parent.file("it's a $run"))
    }

    /// The lines that a command offers at its end.
    private func offered(_ ending: TareProcess.Ending) -> [String] {
      let lines = ending.errors.split(separator: "\n").map(String.init)
      guard let start = lines.lastIndex(of: "Next:") else { return [] }
      let commands = lines[(start + 1)...]
      #expect(commands.allSatisfy { $0.hasPrefix("  ") }, "they are the last that is said: \(ending.errors)")
      return commands.map { String($0.dropFirst(2)) }
    }

    /// The one that has `word` as its command, pasted into a shell.
    private func paste(
      _ word: String, of ending: TareProcess.Ending, adding rest: String = ""
    ) throws -> TareProcess.Ending {
      let lines = offered(ending)
      let line = try #require(lines.first { $0.contains("tare \(word) ") }, "\(lines)")
      let parts = line.components(separatedBy: "  # ")
      #expect(parts.count == 2, "it says what for: \(line)")
      let pasted = try TareProcess.run([], through: rest.isEmpty ? line : "\(parts[0]) \(rest)")
      #expect(pasted.exitCode == 0, "\(line): \(pasted.errors)")
      return pasted
    }

    @Test("a run that is done: its report, and more steps")
    func done() throws {
      let (parent, path) = try folder()
      let ending = try TareProcess.run(["train", "--steps", "4", "--output", path] + Self.small)
      #expect(ending.exitCode == 0 && !ending.output.contains("Next:"), "stdout has the result alone")
      #expect(offered(ending).count == 2)
      #expect(try paste("report", of: ending).output.contains("it's a $run/report/index.html"))
      #expect(try paste("train --resume", of: ending).output.contains("8 steps"))
      _ = parent
    }

    @Test("with --json, neither stdout nor stderr has them")
    func json() throws {
      let (parent, path) = try folder()
      let ending = try TareProcess.run(["train", "--json", "--steps", "2", "--output", path] + Self.small)
      #expect(ending.exitCode == 0 && offered(ending).isEmpty)
      _ = try ending.json
      _ = parent
    }

    @Test("a run that a signal ends: the command that trains on, also from watch", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
      let (parent, path) = try folder()
      let run = try TareProcess(
        ["train", "--steps", "100000", "--checkpoint-every", "2", "--progress", "plain", "--output", path] + Self.small)
      _ = try #require(run.waitForError(containing: "step 2"))
      run.signal(signal)
      let ending = run.finish()
      #expect(
        ending.exitCode == 128 + signal && ending.errors.contains("tare: interrupted by signal \(signal)\nNext:\n"))
      let watched = try TareProcess.run(["watch", path, "--once"])
      #expect(offered(watched).count == 1 && watched.exitCode == 1)
      let checkpoints = try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints")
      let last = try #require(checkpoints.compactMap { Int($0.dropFirst("step-".count)) }.max())
      _ = try paste("train --resume", of: ending, adding: "--steps \(last + 2)")
      #expect(offered(try TareProcess.run(["watch", path])).first?.contains("report") == true)
      _ = try paste("report", of: ending)
      _ = parent
    }

    @Test("a run that diverged: its report, and no command that would diverge again")
    func diverged() throws {
      let (parent, path) = try folder()
      let ending = try TareProcess.run(
        ["train", "--steps", "20", "--lr", "1e30", "--normalization", "none", "--output", path] + Self.small)
      #expect(ending.exitCode == 65 && offered(ending).count == 1, "\(ending.errors)")
      _ = try paste("report", of: ending)
      _ = parent
    }

    @Test("what is refused before it begins offers nothing")
    func refused() throws {
      let (parent, path) = try folder()
      #expect(offered(try TareProcess.run(["train", "--lr", "-1", "--output", path])).isEmpty)
      #expect(offered(try TareProcess.run(["train", "--resume", path])).isEmpty)
      _ = parent
    }

    private static func plan(_ axis: String, in folder: TemporaryFolder, steps: Int = 4) throws -> String {
      let plan = """
        sweep: tiny
        base: {network: mlp, dataset.limit: 256, batch: 64, microbatch: 32, steps: \(steps)}
        axes: [\(axis)]
        """
      try folder.write(Array(plan.utf8), to: "a plan.yaml")
      return folder.file("a plan.yaml")
    }

    @Test("a sweep that is done, and one that a signal ends")
    func sweep() throws {
      let (parent, path) = try folder()
      let plan = try Self.plan("seed: [1, 2, 3]", in: parent, steps: 300)
      let process = try TareProcess(["sweep", plan, "--output", path, "--parallel", "1"])
      _ = try #require(process.waitForError(containing: "[1/3]"))
      process.signal(SIGTERM)
      let ending = process.finish()
      #expect(ending.exitCode == 143 && ending.errors.contains("tare: interrupted by signal 15\nNext:\n"))
      _ = try paste("report", of: ending)
      let resumed = try paste("sweep", of: ending)
      #expect(resumed.output.hasPrefix("3 runs: 3 done"))
      #expect(offered(resumed).count == 1)
      _ = try paste("report", of: resumed)
    }

    @Test("a sweep with failed runs: the command that trains them again")
    func failedSweep() throws {
      let (parent, path) = try folder()
      let nowhere = "{dataset: mnist, dataset.path: \(parent.file("mn"))}"
      let plan = try Self.plan("images: {none: \(nowhere), glyphs: {}}", in: parent)
      let ending = try TareProcess.run(["sweep", plan, "--output", path])
      #expect(ending.exitCode == 1 && ending.output.contains("1 failed"), "\(ending.errors)")
      try FileManager.default.createDirectory(atPath: parent.file("mn"), withIntermediateDirectories: false)
      for (name, bytes) in Samples.mnistFolder { try parent.write(bytes, to: "mn/\(name)") }
      #expect(try paste("sweep", of: ending).output.hasPrefix("2 runs: 2 done"))
    }

    @Test("claims that are judged, and those that a signal ends")
    func claims() throws {
      let (parent, path) = try folder()
      let judged = try TareProcess.run(["claims", "--claim", "10", "--reduced", "--output", path])
      #expect(judged.exitCode == 0 && offered(judged).count == 1)
      #expect(try paste("report", of: judged).output.contains("1 figure"))
      let process = try TareProcess(["claims", "--claim", "10", "--output", path])
      let deadline = ContinuousClock.now + .eventDeadline
      while process.children.isEmpty, ContinuousClock.now < deadline { sched_yield() }
      process.signal(SIGINT)
      let ending = process.finish()
      #expect(ending.exitCode == 130 && offered(ending).count == 1, "\(ending.errors)")
      #expect(try paste("claims", of: ending).output.hasPrefix("1 claim holds"))
      _ = parent
    }
  }
}
