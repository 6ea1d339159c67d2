import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Signals as people, terminals, schedulers and service managers send them: to one process of a run, to some, to all.
  @Suite("Signals")
  struct SignalsToProcesses {
    enum Target: String, CaseIterable {
      case coordinator, everybody, children, oneChild

      /// Members first: what they do of their own accord is done before the coordinator hears of anything.
      func processes(of run: TareProcess) throws -> [pid_t] {
        let members = run.children.map(\.id)
        try #require(members.count == 3)
        return switch self {
        case .coordinator: [run.id]
        case .everybody: members + [run.id]
        case .children: members
        case .oneChild: Array(members.prefix(1))
        }
      }

      var reachesCoordinator: Bool { self == .coordinator || self == .everybody }
    }

    private static let signals = [SIGTERM, SIGINT, SIGHUP]

    /// A run that would take hours and stores nothing on its way, after its first step. Steps are long enough for the
    /// coordinator to record each: the last row is of the last step.
    private static func start(in folder: TemporaryFolder, _ arguments: String = "") throws -> TareProcess {
      for (name, bytes) in Samples.mnistFolder { try folder.write(bytes, to: name) }
      let run = try TareProcess(
        SmallRun.arguments(
          "--dataset mnist --data \(folder.path) --network mlp --batch 96 --microbatch 2 --steps 1000000 "
            + "--set execution.metricsEvery=1 --evaluate-every 1000000 --checkpoint-every 1000000 --progress plain \(arguments)",
          output: folder.file("run")))
      _ = try #require(run.waitForError(containing: "step 1/"))
      return run
    }

    /// The run ended as after `signal` to its coordinator: no step is lost, and nobody and nothing is left.
    private static func expectGoodEnd(of run: TareProcess, in folder: TemporaryFolder, by signal: Int32) throws {
      let ending = run.finish()
      #expect(ending.exitCode == 128 + signal, "\(ending.errors)")
      #expect(ending.errors.hasSuffix("tare: interrupted by signal \(signal)\n"), "\(ending.errors)")
      #expect(try ending.json["status"] as? String == "interrupted")
      let record = try JSONSerialization.jsonObject(with: Data(folder.read("run/run.json"))) as? [String: Any]
      #expect(record?["status"] as? String == "interrupted")
      let rows = String(decoding: try folder.read("run/metrics.csv"), as: UTF8.self).split(separator: "\n")
      let last = try #require(rows.last?.split(separator: ",").first.flatMap { Int($0) })
      let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("run/checkpoints"))
        .compactMap { Int($0.dropFirst("step-".count)) }.max()
      #expect(last > 0 && kept == last, "the newest checkpoint is of step \(kept ?? -1), the last step is \(last)")
      let log = String(decoding: try folder.read("run/log.txt"), as: UTF8.self)
      #expect(!log.contains(" lost: "), "\(log)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("run/join.json")))
      for child in run.children { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) is left") }
      run.expectNothingLeft()
    }

    @Test("cost no step, whomever they reach", arguments: Target.allCases, signals)
    func processes(target: Target, signal: Int32) throws {
      let folder = try TemporaryFolder()
      let run = try Self.start(in: folder)
      for process in try target.processes(of: run) { kill(process, signal) }
      if target.reachesCoordinator { return try Self.expectGoodEnd(of: run, in: folder, by: signal) }
      // The run goes on: another line of progress comes.
      let said = run.waitForError(containing: "step 1/") ?? ""
      let lines = said.split(separator: "\n").count
      _ = try #require(run.waitForErrors { $0.split(separator: "\n").count > lines })
      run.signal(SIGTERM)
      try Self.expectGoodEnd(of: run, in: folder, by: SIGTERM)
    }

    @Test("a hangup that was ignored from the start, as nohup does it, stays ignored")
    func nohup() throws {
      let folder = try TemporaryFolder()
      for (name, bytes) in Samples.mnistFolder { try folder.write(bytes, to: name) }
      let run = try TareProcess(
        SmallRun.arguments(
          "--dataset mnist --data \(folder.path) --network mlp --batch 96 --microbatch 2 --steps 1000000 "
            + "--set execution.metricsEvery=1 --progress plain", output: folder.file("run")),
        through: "trap '' HUP; exec \"$0\" \"$@\"")
      _ = try #require(run.waitForError(containing: "step 1/"))
      run.signal(SIGHUP)
      run.signal(SIGINT)
      #expect(run.finish().exitCode == 130)
      run.expectNothingLeft()
    }

    @Test("members that people started leave them to the coordinator too; a second one ends a member at once")
    func byHand() throws {
      let folder = try TemporaryFolder()
      for (name, bytes) in Samples.mnistFolder { try folder.write(bytes, to: name) }
      let run = try TareProcess(
        SmallRun.arguments(
          "--dataset mnist --data \(folder.path) --network mlp --batch 96 --microbatch 2 --steps 1000000 "
            + "--set execution.metricsEvery=1 --evaluate-every 1000000 --checkpoint-every 1000000 --progress plain "
            + "--launcher none --listen tcp://127.0.0.1:0", output: folder.file("run")))
      let said = try #require(run.waitForError(containing: "tare worker --join "))
      let members = try ["server", "worker", "worker"].map { try PrintedCommand($0, in: said).start() }
      _ = try #require(run.waitForError(containing: "step 1/"))
      members[2].signal(SIGTERM)
      _ = try #require(members[2].waitForError(containing: "another signal ends it at once"))
      members[2].signal(SIGTERM)
      #expect(members[2].finish().exitCode == 143)
      _ = try #require(run.waitForError(containing: " lost: "))
      for member in members.dropLast() { member.signal(SIGTERM) }
      run.signal(SIGTERM)
      #expect(run.finish().exitCode == 143)
      for member in members.dropLast() { #expect(member.finish().exitCode == 143) }
      let rows = String(decoding: try folder.read("run/metrics.csv"), as: UTF8.self).split(separator: "\n")
      let last = try #require(rows.last?.split(separator: ",").first)
      #expect(FileManager.default.fileExists(atPath: folder.file("run/checkpoints/step-\(last)/manifest.json")))
      run.expectNothingLeft()
    }
  }
}
