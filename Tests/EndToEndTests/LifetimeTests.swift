import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// However a run ends, nobody and nothing of it stays.
  @Suite("Lifetimes")
  struct Lifetimes {
    /// A run of a few digits that would take hours.
    private static func start(_ folder: TemporaryFolder, _ arguments: String = "") throws -> TareProcess {
      for (name, bytes) in Samples.mnistFolder { try folder.write(bytes, to: name) }
      return try TareProcess(
        SmallRun.arguments(
          "--dataset mnist --data \(folder.path) --network mlp --batch 6 --microbatch 2 --steps 1000000 "
            + "--set execution.metricsEvery=1 --progress plain \(arguments)", output: folder.file("run")))
    }

    /// The same, after its first step.
    private static func startTraining(_ folder: TemporaryFolder, _ arguments: String = "") throws -> TareProcess {
      let process = try start(folder, arguments)
      _ = try #require(process.waitForError(containing: "step 1/"))
      return process
    }

    private func status(_ folder: TemporaryFolder) throws -> String? {
      let record = try JSONSerialization.jsonObject(with: Data(folder.read("run/run.json"))) as? [String: Any]
      return record?["status"] as? String
    }

    @Test(
      "the first signal ends the run in good order", arguments: [SIGINT, SIGTERM],
      ["", "--transport tcp", "--launcher threads"])
    func signaled(signal: Int32, how: String) throws {
      let folder = try TemporaryFolder()
      let process = try Self.startTraining(folder, how)
      process.signal(signal)
      let ending = process.finish()
      #expect(ending.exitCode == 128 + signal)
      #expect(ending.errors.hasSuffix("tare: interrupted by signal \(signal)\n"))
      #expect(try ending.json["status"] as? String == "interrupted")
      #expect(try status(folder) == "interrupted")
      process.expectNothingLeft()
    }

    @Test("the second signal ends it at once")
    func secondSignal() throws {
      let folder = try TemporaryFolder()
      let process = try Self.startTraining(folder)
      let children = process.children
      // A worker that does not listen: the good order would wait for it.
      let worker = try #require(children.first { $0.name == "worker 0" })
      kill(worker.id, SIGSTOP)
      process.signal(SIGINT)
      process.signal(SIGTERM)
      let ending = process.finish()
      #expect(ending.exitCode == 143)
      #expect(!ending.errors.contains("tare: "))
      kill(worker.id, SIGCONT)
      for child in children { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) is left") }
      process.expectNothingLeft()
    }

    @Test(
      "children leave when their coordinator is killed, and take the sockets with them",
      arguments: ["", "--transport tcp"])
    func orphans(how: String) throws {
      let folder = try TemporaryFolder()
      let process = try Self.startTraining(folder, "--servers 2 --workers 3 \(how)")
      let children = process.children
      #expect(Set(children.map(\.name)) == ["server 0", "server 1", "worker 0", "worker 1", "worker 2"])
      process.signal(SIGKILL)
      #expect(process.finish().exitCode == -SIGKILL)
      for child in children { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) is left") }
      process.expectNothingLeft()
    }

    @Test("a child that dies is replaced, and the run ends in good order", arguments: ["server 1", "worker 0"])
    func death(victim: String) throws {
      let folder = try TemporaryFolder()
      let process = try Self.startTraining(folder, "--servers 2 --checkpoint-every 50")
      let child = try #require(process.children.first { $0.name == victim })
      kill(child.id, SIGKILL)
      _ = try #require(process.waitForError(containing: "\(victim) lost: signal 9"))
      _ = try #require(process.waitForError(containing: "\(victim) joined"))
      process.signal(SIGTERM)
      let ending = process.finish()
      #expect(ending.exitCode == 143)
      #expect(try status(folder) == "interrupted")
      #expect(String(decoding: try folder.read("run/log.txt"), as: UTF8.self).contains("\(victim) lost"))
      process.expectNothingLeft()
    }

    @Test("runs stopped at different moments leave nothing")
    func manyStops() throws {
      let signals = [SIGINT, SIGTERM, SIGKILL]
      // Before it has begun, while it joins, and after the first steps.
      let moments = ["", "over ipc", "step 1/", "step 4/"]
      for round in 0..<TestSize.stops {
        let folder = try TemporaryFolder()
        let process = try Self.start(folder)
        if !moments[round % 4].isEmpty { _ = try #require(process.waitForError(containing: moments[round % 4])) }
        let children = process.children
        let signal = signals[round % 3]
        process.signal(signal)
        let ending = process.finish()
        // At the very start nobody listens to signals yet, and they have their usual effect.
        #expect([128 + signal, -signal].contains(ending.exitCode), "\(ending.errors)")
        for child in children { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) is left") }
        if signal != SIGKILL { process.expectNothingLeft() }
        #expect(process.children.allSatisfy { $0.waitForEnd(within: Deadline.event) })
      }
    }
  }
}
