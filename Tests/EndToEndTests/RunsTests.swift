import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Runs")
  struct Runs {
    private func runs(_ arguments: String) throws -> TareProcess.Ending {
      try TareProcess.run("runs \(arguments)".split(separator: " ").map(String.init))
    }

    @Test("runs are listed, shown, compared, exported and deleted")
    func commands() throws {
      let folder = try TemporaryFolder()
      let common = "--network mlp --batch 64 --microbatch 32 --steps 6"
      let first = try SmallRun("\(common) --optimizer adam --lr 1e-3", in: folder.file("a"))
      _ = try SmallRun("\(common) --lr 0.1 --seed 2", in: folder.file("b"))

      let list = try runs("--root \(folder.path) --where optimizer=adam --sort testError")
      #expect(list.exitCode == 0, "\(list.errors)")
      #expect(list.output.split(separator: "\n").map { $0.prefix(2) } == ["RU", "a ", "1 "])
      let show = try runs("show \(folder.file("a"))")
      #expect(show.output.contains(try first.ending.weightsSHA256) && show.output.contains("optimizer.learningRate"))
      let compare = try runs("compare \(folder.file("a")) \(folder.file("b"))")
      for words in ["optimizer.name", "adam", "nesterov", "trainLoss at step 6", "seed "] {
        #expect(compare.output.contains(words), "\(compare.output)")
      }
      #expect(!compare.output.contains("network.preset"))
      let export = try runs("export --root \(folder.path)")
      let lines = export.output.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(lines.count == 3 && Set(lines.map(\.count)).count == 1)
      let column = try #require(lines[0].firstIndex(of: "weightsSHA256"))
      #expect(lines[1][column] == (try first.ending.weightsSHA256))
      let outside = try runs("delete \(folder.file("a"))")
      #expect(outside.exitCode == 64 && outside.errors.contains("is not below runs; accepted: --yes"))
      #expect(FileManager.default.fileExists(atPath: folder.file("a/run.json")))
      #expect(try runs("delete --root \(folder.path) \(folder.file("a"))").exitCode == 0)
      #expect(!FileManager.default.fileExists(atPath: folder.file("a")))
      #expect(try runs("--root \(folder.path)").output.hasSuffix("\n1 run\n"))
      #expect(try runs("delete \(folder.file("b")) --yes").exitCode == 0)
      #expect(!FileManager.default.fileExists(atPath: folder.file("b")))
    }

    @Test("the record of a run trains it again, bit for bit, and tells when there are no members")
    func again() throws {
      let folder = try TemporaryFolder()
      let first = try SmallRun(
        "--network mlp --steps 6 --lr 0.05 --set groups.head.l2=1e-3 --seed 3", in: folder.file("a"))
      let again = try SmallRun(folder.file("a/run.json"), in: folder.file("b"))
      #expect(try again.ending.weightsSHA256 == first.ending.weightsSHA256)
      #expect(try again.file("metrics.csv") == first.file("metrics.csv"))
      let other = try SmallRun(folder.file("a/run.json") + " --seed 4", in: folder.file("c"))
      #expect(try other.ending.weightsSHA256 != first.ending.weightsSHA256)
      let members = try TareProcess.run(["workers", folder.file("a")])
      #expect(members.exitCode == 69 && members.errors.contains("is done; it has no members"))
      #expect(!members.errors.contains("--resume"))
    }

    @Test("interrupted, train --json prints status, step and the command that continues")
    func interrupted() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        SmallRun.arguments(
          "--network mlp --steps 100000 --checkpoint-every 1 --progress plain",
          output: folder.file("a b")
            .replacing(" ", with: "-")))
      _ = try #require(process.waitForError(containing: "step 2/"))
      process.signal(SIGINT)
      let ending = process.finish()
      #expect(ending.exitCode == 130)
      let json = try ending.json
      #expect(json["status"] as? String == "interrupted" && json["exitCode"] as? Int == 130)
      #expect(try #require(json["step"] as? Int) >= 1)
      let resume = try #require(json["resume"] as? String).split(separator: " ").map(String.init)
      #expect(resume == [TareProcess.executable.path, "train", "--resume", folder.file("a-b")])
      let rest = resume.dropFirst() + ["--steps", "\(try #require(json["step"] as? Int) + 2)", "--json"]
      #expect(try TareProcess.run(Array(rest)).exitCode == 0)
    }

    @Test("a run that diverges prints its end, and no command that would diverge again")
    func diverged() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        SmallRun.arguments("--network mlp --normalization none --lr 1e30 --steps 20", output: folder.file("a")))
      #expect(ending.exitCode == 65)
      let json = try ending.json
      #expect(json["status"] as? String == "diverged" && json["resume"] == nil)
    }

    @Test("a folder that is a run is no root, and the message has the command; a sweep's folder is one")
    func roots() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 1", in: folder.file("sweep/runs/0001-a"))
      let refused = try runs("--root \(run.folder)")
      #expect(refused.exitCode == 64 && refused.errors.contains("is a run; accepted: a folder with runs below it, or "))
      #expect(refused.errors.contains(" runs show \(run.folder)"))
      try folder.write(Array("{}".utf8), to: "sweep/sweep.json")
      #expect(try runs("--root \(folder.file("sweep"))").output.contains("runs/0001-a"))
    }

    @Test("compare shows means over the runs and the best step's, and no number of a schedule's last step")
    func scheduled() throws {
      let folder = try TemporaryFolder()
      let run = "--network mlp --batch 64 --microbatch 32 --steps 20 --schedule cosine"
      let (first, second) = (
        try SmallRun(run, in: folder.file("a")), try SmallRun("\(run) --seed 2", in: folder.file("b"))
      )
      let rows = try runs("compare \(first.folder) \(second.folder)").output.split(separator: "\n")
      for name in ["best step", "dense1 ‖w‖, mean", "dense1 ‖w‖, best step", "dense2 effective rate, mean"] {
        #expect(rows.contains { $0.hasPrefix(name + " ") }, "\(name): \(rows)")
      }
      #expect(!rows.contains { $0.contains("last step") || $0.contains("nan") })
    }

    @Test("a running run is not deleted")
    func underWay() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        SmallRun.arguments("--network mlp --steps 100000 --progress plain", output: folder.file("run")))
      _ = try #require(process.waitForError(containing: "step 2/"))
      let refused = try runs("delete \(folder.file("run"))")
      #expect(refused.exitCode == 64 && refused.errors.contains("is running"))
      #expect(try runs("--root \(folder.path)").output.contains("running"))
      process.signal(SIGKILL)
      _ = process.finish()
      for child in process.children { #expect(child.waitForEnd(within: Deadline.event)) }
      #expect(try runs("--root \(folder.path)").output.contains("stopped"))
    }

    @Test(
      "bad input is one sentence",
      arguments: [
        ("--root /nowhere", "folder /nowhere does not exist"), ("--where x=1 --root /tmp", "column \"x\" is unknown"),
        ("--sort color --root /tmp", "column \"color\" is unknown"), ("show /nowhere", "holds no run"),
        ("--limit 0 --root /tmp", "--limit is 0"),
      ])
    func badInput(arguments: String, words: String) throws {
      let ending = try runs(arguments)
      #expect(ending.exitCode == 64, "\(ending.errors)")
      #expect(ending.errors.contains(words) && ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }
  }
}
