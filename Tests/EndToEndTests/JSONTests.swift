import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// With `--json`, stdout carries one object and nothing else.
  @Suite("JSON")
  struct JSONTests {
    /// Commands without the flag, and why.
    private static let exempt = [
      "serve": "serves until it is stopped", "host": "a role in a run", "server": "a role in a run",
      "worker": "a role in a run", "emulated-coordinator": "a role in an emulated run",
      "keygen": "prints a key, for a variable or a file", "help": "the manual",
    ]

    private struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { let name: String }
        let names: [Name]?
      }
      let commandName: String
      let subcommands: [Command]?
      let arguments: [Argument]?

      /// The names of the commands that can be run, with whether each has the flag.
      func all(below names: [String] = []) -> [(name: String, hasFlag: Bool)] {
        let nested = (subcommands ?? []).filter { $0.commandName != "help" }
        guard nested.isEmpty else {
          return nested.flatMap { $0.all(below: names + (commandName == "tare" ? [] : [commandName])) }
        }
        let hasFlag = arguments?.contains { $0.names?.contains { $0.name == "json" } == true } == true
        return [((names + [commandName]).joined(separator: " "), hasFlag)]
      }
    }

    @Test("each command has --json, or a reason to have none")
    func everyCommand() throws {
      struct Dump: Decodable { let command: Command }
      let ending = try TareProcess.run(["--experimental-dump-help"])
      let commands = try JSONDecoder().decode(Dump.self, from: Data(ending.output.utf8)).command.all()
      #expect(commands.count > 25 && commands.contains { $0.name == "runs compare" })
      for (name, hasFlag) in commands { #expect(hasFlag == (Self.exempt[name] == nil), "tare \(name)") }
    }

    /// The object that a command prints.
    private static func object(_ command: String, exitCode: Int32 = 0) throws -> [String: Any] {
      let ending = try TareProcess.run(command.split(separator: " ").map(String.init) + ["--json"])
      #expect(ending.exitCode == exitCode, "\(command): \(ending.errors)")
      return try #require(
        try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any], "\(ending.output)")
    }

    @Test(
      "what needs no run",
      arguments: [
        ("explain", "metrics"), ("explain weightNorm", "metrics"), ("fields", "fields"), ("version", "libraries"),
        ("plan show", "fields"), ("network show mlp", "layers"), ("claims --list", "claims"),
        ("simulate --seeds 20", "guards"), ("simulate --seed 3", "transcript"),
        ("audit --images 2 --set network=mlp", "tensors"),
      ])
    func alone(command: String, key: String) throws { #expect(try Self.object(command)[key] != nil, "\(command)") }

    @Test("a planted fault's object has the violation, and the exit code is 1")
    func violation() throws {
      let object = try Self.object("simulate --seeds 2000 --fault optimizerStateNotKept", exitCode: 1)
      let violation = try #require(object["violation"] as? [String: Any])
      #expect(violation["violation"] is String && violation["seed"] is Int)
    }

    @Test("what is about runs and sweeps")
    func runs() throws {
      let folder = try TemporaryFolder()
      let run = "train --network mlp --set dataset.limit=64 --batch 32 --steps 2 --launcher threads --workers 1"
      for name in ["a", "b"] { #expect(try Self.object("\(run) --output \(folder.file(name))")["steps"] as? Int == 2) }
      let (a, b) = (folder.file("a"), folder.file("b"))
      let listed = try Self.object("runs --root \(folder.path)")["runs"] as? [[String: Any]]
      #expect(listed?.compactMap { $0["status"] as? String } == ["done", "done"])
      #expect((try Self.object("runs export --root \(folder.path)")["runs"] as? [Any])?.count == 2)
      #expect(try (Self.object("runs show \(a)")["result"] as? [String: Any])?["steps"] as? Int == 2)
      #expect(try Self.object("runs compare \(a) \(b)")["runs"] as? [String] == [a, b])
      #expect(try Self.object("watch --once \(a)")["status"] as? String == "done")
      #expect((try Self.object("export --torch \(a)")["files"] as? [String])?.count == 2)
      #expect(try Self.object("runs delete \(b) --yes")["deleted"] as? [String] == [b])
      let plan = "sweep: tiny\nbase: {network: mlp, dataset.limit: 64, batch: 32, steps: 2}\naxes: {seed: [1, 2]}\n"
      try folder.write(Array(plan.utf8), to: "sweep.yaml")
      let sweep = "sweep \(folder.file("sweep.yaml")) --output \(folder.file("sweep"))"
      #expect(try Self.object(sweep + " --dry-run")["expectedSeconds"] is Double)
      let trained = try Self.object(sweep)["runs"] as? [[String: Any]]
      #expect(trained?.compactMap { $0["run"] as? Int } == [1, 2])
      #expect(trained?.allSatisfy { $0["testError"] is Double && $0["axes"] as? [String: String] != nil } == true)
      #expect(try Self.object("watch --once \(folder.file("sweep"))")["done"] as? Int == 2)
    }

    @Test(
      "a command that a signal ends prints what it knows",
      arguments: [
        ("simulate --seeds 1000000000 --progress plain", "simulate", "events"),
        ("drill --set network=mlp --set dataset.limit=512 --set steps=100000 --progress plain", "fault-free", "rounds"),
        ("sweep PLAN --parallel 1 --output SWEEP", "[1/", "runs"), ("watch RUN", "step ", "step"),
      ])
    func interrupted(command: String, sign: String, key: String) throws {
      let folder = try TemporaryFolder()
      let plan = "sweep: long\nbase: {network: mlp, dataset.limit: 64, batch: 32}\naxes: {steps: [1, 1000000]}\n"
      try folder.write(Array(plan.utf8), to: "sweep.yaml")
      let small = "--network mlp --set dataset.limit=256 --batch 64 --launcher threads --workers 1 --metrics-every 10"
      let run =
        command.hasPrefix("watch")
        ? try TareProcess(
          "train \(small) --steps 1000000 --progress plain --output \(folder.file("run"))".split(separator: " ").map(
            String.init)) : nil
      if let run { _ = try #require(run.waitForError(containing: "step ")) }
      let words = command.replacing("PLAN", with: folder.file("sweep.yaml")).replacing("RUN", with: folder.file("run"))
        .replacing("SWEEP", with: folder.file("sweep")).split(separator: " ").map(String.init)
      let process = try TareProcess(words + ["--json"])
      _ = try #require(process.waitForError(containing: sign), "\(command)")
      process.signal(SIGINT)
      let ending = process.finish()
      #expect(ending.exitCode == 130, "\(command): \(ending.errors)")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any], "\(ending.output)")
      #expect(object["interrupted"] as? Bool == true && object[key] != nil, "\(command): \(object)")
      run?.signal(SIGKILL)
      _ = run?.finish()
    }
  }
}
