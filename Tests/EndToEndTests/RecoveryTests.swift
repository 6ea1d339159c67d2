import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Whoever dies, the run ends with the bits and the metrics of a run that nobody disturbed.
  @Suite("Recovery")
  struct Recovery {
    private static let run = "--network mlp --batch 128 --microbatch 16 --checkpoint-every 5 --progress plain"
    private static let shape = "\(run) --set execution.evaluateEvery=4 --steps 40"

    /// What an undisturbed run of `shape` leaves.
    private struct Undisturbed {
      let sha: String
      let metrics: [UInt8]

      init(_ arguments: String = shape) throws {
        let folder = try TemporaryFolder()
        let run = try SmallRun(arguments, in: folder.file("run"))
        sha = try run.ending.weightsSHA256
        metrics = Array(try run.file("metrics.csv"))
      }
    }

    private func start(_ folder: TemporaryFolder, _ arguments: String = shape) throws -> TareProcess {
      try TareProcess(SmallRun.arguments(arguments, output: folder.file("run")))
    }

    private func resume(_ folder: TemporaryFolder, _ arguments: String = "") throws -> TareProcess.Ending {
      try TareProcess.run(
        "train --json --resume \(folder.file("run")) \(arguments)".split(separator: " ").map(String.init))
    }

    private func expect(
      _ ending: TareProcess.Ending, in folder: TemporaryFolder, equals reference: Undisturbed,
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      #expect(ending.exitCode == 0, "\(ending.errors)", sourceLocation: location)
      #expect(try ending.weightsSHA256 == reference.sha, sourceLocation: location)
      #expect(try folder.read("run/metrics.csv") == reference.metrics, "metrics differ", sourceLocation: location)
      #expect(try ending.json["samplesUsed"] as? Int == 40 * 128, sourceLocation: location)
    }

    @Test(
      "a member that is killed or stopped changes no bit of weights and metrics",
      arguments: [
        ("worker 0", SIGKILL), ("worker 1", SIGSTOP), ("server 0", SIGKILL), ("server 1", SIGSTOP),
      ])
    func member(victim: String, signal: Int32) throws {
      let reference = try Undisturbed()
      let folder = try TemporaryFolder()
      let process = try start(folder, "\(Self.shape) --servers 2")
      _ = try #require(process.waitForError(containing: "step 8/"))
      let child = try #require(process.children.first { $0.name == victim })
      kill(child.id, signal)
      let ending = process.finish()
      try expect(ending, in: folder, equals: reference)
      let events = try #require(ending.json["events"] as? [[String: Any]])
      let loss = try #require(events.first { ($0["what"] as? String)?.hasPrefix("\(victim) lost") == true })
      #expect(try #require(loss["step"] as? Int) >= 8)
      process.expectNothingLeft()
    }

    @Test(
      "a member that is killed changes no bit on lossy wires, either",
      arguments: [("bfloat16", "server 0"), ("int8", "worker 1"), ("int8", "server 1")])
    func wires(format: String, victim: String) throws {
      let shape = "\(Self.shape) --wire \(format)"
      let reference = try Undisturbed(shape)
      let folder = try TemporaryFolder()
      let process = try start(folder, "\(shape) --servers 2")
      _ = try #require(process.waitForError(containing: "step 8/"))
      let child = try #require(process.children.first { $0.name == victim })
      kill(child.id, SIGKILL)
      try expect(process.finish(), in: folder, equals: reference)
      process.expectNothingLeft()
    }

    @Test(
      "a coordinator that is killed is resumed, with other numbers of workers and servers",
      arguments: ["", "--wire int8"])
    func coordinator(wire: String) throws {
      let reference = try Undisturbed("\(Self.shape) \(wire)")
      let folder = try TemporaryFolder()
      let process = try start(folder, "\(Self.shape) \(wire) --servers 2")
      _ = try #require(process.waitForError(containing: "step 12/"))
      let children = process.children
      process.signal(SIGKILL)
      _ = process.finish()
      for child in children { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) is left") }
      try expect(try resume(folder, "--workers 3 --servers 3"), in: folder, equals: reference)
      // What is done can't be resumed, but for more steps.
      let again = try resume(folder)
      #expect(again.exitCode == 64 && again.errors.contains("is done at step 40"))
    }

    @Test("a run of n steps that is resumed to 2n is a run of 2n steps; so is one that a signal cut")
    func halves() throws {
      let reference = try Undisturbed()
      let folder = try TemporaryFolder()
      _ = try SmallRun("\(Self.run) --set execution.evaluateEvery=4 --steps 20", in: folder.file("run"))
      try expect(try resume(folder, "--steps 40"), in: folder, equals: reference)
      let other = try TemporaryFolder()
      let process = try start(other, "\(Self.shape) --optimizer nesterov")
      _ = try #require(process.waitForError(containing: "step 4/"))
      process.signal(SIGINT)
      #expect(process.finish().exitCode == 130)
      try expect(try resume(other), in: other, equals: reference)
    }

    @Test("a checkpoint that has rotted is named, and the one before it is taken")
    func rot() throws {
      let reference = try Undisturbed()
      let folder = try TemporaryFolder()
      _ = try SmallRun("\(Self.run) --set execution.evaluateEvery=4 --steps 20", in: folder.file("run"))
      let path = folder.file("run/checkpoints/step-20/optimizer.safetensors")
      var bytes = try folder.read("run/checkpoints/step-20/optimizer.safetensors")
      bytes[bytes.count - 1] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let ending = try resume(folder, "--steps 40")
      try expect(ending, in: folder, equals: reference)
      #expect(ending.errors.contains("the checkpoint of step 20 was skipped: Checkpoint file \(path) is damaged"))
      #expect(ending.errors.contains("training resumed from step 15"))
    }

    @Test("what would change the weights can't be changed, and a run that somebody leads is left alone")
    func refusals() throws {
      let folder = try TemporaryFolder()
      let process = try start(folder, "\(Self.run) --steps 100000")
      _ = try #require(process.waitForError(containing: "step 2/"))
      let second = try resume(folder)
      #expect(second.exitCode == 64 && second.errors.contains("is being led by process \(process.id)"))
      process.signal(SIGINT)
      #expect(process.finish().exitCode == 130)
      let changed = try resume(folder, "--lr 0.5")
      #expect(changed.exitCode == 64)
      #expect(changed.errors.hasPrefix("tare: optimizer.learningRate is 0.5, but the run to resume has 0.02"))
    }

    @Test("a worker joins by the run's folder and another is drained; the bits stay")
    func elastic() throws {
      let run = "\(Self.run) --set execution.evaluateEvery=4 --steps \(TestSize.elasticSteps)"
      let reference = try Undisturbed(run)
      let folder = try TemporaryFolder()
      let process = try start(folder, run)
      _ = try #require(process.waitForError(containing: "step 4/"))
      let mode = try FileManager.default.attributesOfItem(atPath: folder.file("run/join.json"))[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let joiner = try TareProcess(["worker", "--join", folder.file("run")])
      _ = try #require(process.waitForError(containing: "worker 2 joined"))
      let drained = try TareProcess.run(["workers", folder.file("run"), "--drain", "0"])
      #expect(drained.exitCode == 0 && drained.output.contains("worker 0 drained"), "\(drained.errors)")
      let listed = try TareProcess.run(["workers", folder.file("run")])
      #expect(listed.output.contains("worker 2") && !listed.output.contains("worker 0"))
      let refused = try TareProcess.run(["workers", folder.file("run"), "--drain", "9"])
      #expect(refused.exitCode == 64 && refused.errors.contains("no worker 9; it has 1, 2"))
      let ending = process.finish()
      #expect(try ending.weightsSHA256 == reference.sha)
      #expect(try folder.read("run/metrics.csv") == reference.metrics)
      #expect(joiner.finish().exitCode == 0)
      let late = try TareProcess.run(["workers", folder.file("run")])
      #expect(late.exitCode == 69 && late.errors.contains("is done; it has no members any more"))
    }

    @Test("checkpoints that can't be written stop the run after three, with the last good one intact")
    func fullDisk() throws {
      let folder = try TemporaryFolder()
      let process = try start(folder, "\(Self.run) --set execution.evaluateEvery=5 --steps 40")
      _ = try #require(process.waitForError(containing: "step 5/"))
      let checkpoints = folder.file("run/checkpoints")
      // A file where the folder was: nothing can be made below it.
      try FileManager.default.moveItem(atPath: checkpoints, toPath: folder.file("run/kept"))
      try Data().write(to: URL(fileURLWithPath: checkpoints))
      let ending = process.finish()
      #expect(ending.exitCode == 74, "\(ending.errors)")
      #expect(ending.errors.contains("the checkpoint of step"))
      try FileManager.default.removeItem(atPath: checkpoints)
      try FileManager.default.moveItem(atPath: folder.file("run/kept"), toPath: checkpoints)
      let reference = try Undisturbed("\(Self.run) --set execution.evaluateEvery=5 --steps 40")
      try expect(try resume(folder), in: folder, equals: reference)
    }

    /// With periods that the first length is a multiple of, of one of them, and of none.
    @Test(
      "a run of n steps that goes on to more has the rows of a run of that many",
      arguments: [
        (first: 17, steps: 30, metrics: 7, evaluation: 0), (10, 20, 5, 5), (10, 21, 5, 4), (10, 20, 4, 5),
        (15, 30, 4, 6), (9, 10, 20, 3),
      ])
    func longer(first: Int, steps: Int, metrics: Int, evaluation: Int) throws {
      let shape =
        "--network mlp --microbatch 32 --launcher threads --set execution.metricsEvery=\(metrics) "
        + "--evaluate-every \(evaluation)"
      let folder = try TemporaryFolder()
      let straight = try SmallRun("\(shape) --steps \(steps)", in: folder.file("straight"))
      let short = try SmallRun("\(shape) --steps \(first)", in: folder.file("run"))
      #expect(try short.ending.json["resumedAfter"] as? Int == 0)
      let resumed = try resume(folder, "--steps \(steps)")
      #expect(resumed.exitCode == 0, "\(resumed.errors)")
      #expect(try resumed.weightsSHA256 == straight.ending.weightsSHA256)
      #expect(try folder.read("run/metrics.csv") == folder.read("straight/metrics.csv"), "metrics differ")
      for key in ["trainLoss", "testError", "bestTestError", "samplesUsed"] {
        #expect(try resumed.json[key] as? NSObject == straight.ending.json[key] as? NSObject, "\(key)")
      }
      // The speed is that of the steps since the resume.
      let result = try resumed.json
      #expect(result["resumedAfter"] as? Int == first)
      let (rate, seconds) = (result["imagesPerSecond"] as? Double ?? 0, result["seconds"] as? Double ?? 0)
      #expect(abs(rate * seconds / Double((steps - first) * 128) - 1) < 1e-6)
    }
  }
}
