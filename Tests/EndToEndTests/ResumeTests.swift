import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What a resume, a join and a comparison do with other data, another processor and another length, as a user sees it.
  @Suite("Resume")
  struct Resume {
    private static let run =
      "--network mlp --dataset mnist --batch 4 --microbatch 2 --set dataset.limit=0 --steps 8 --checkpoint-every 2"

    /// Two folders with images of the same number.
    private func data() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      for name in ["mn", "mn2"] {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        for (file, bytes) in Samples.mnistFolder { try folder.write(bytes, to: "\(name)/\(file)") }
      }
      // Inverted pixels.
      let images = try folder.read("mn2/train-images-idx3-ubyte")
      let inverted = images.dropFirst(16).map { ~$0 }
      try folder.write(Array(images.prefix(16)) + inverted, to: "mn2/train-images-idx3-ubyte")
      return folder
    }

    private func tare(_ arguments: String) throws -> TareProcess.Ending {
      try TareProcess.run(arguments.split(separator: " ").map(String.init))
    }

    @Test("a run is not resumed on other data unless a flag says so; run.json and runs compare tell")
    func otherData() throws {
      let folder = try data()
      let path = folder.file("d")
      let run = try SmallRun("\(Self.run) --data \(folder.file("mn"))", in: path)
      let before = try run.file("run.json")
      let refused = try tare("train --resume \(path) --steps 10 --data \(folder.file("mn2"))")
      #expect(refused.exitCode == 65 && refused.output.isEmpty)
      #expect(refused.errors.contains("dataset.path \(folder.file("mn2")) has other training images"))
      #expect(refused.errors.contains("file \(folder.file("mn2"))/train-images-idx3-ubyte has SHA-256"))
      #expect(try run.file("run.json") == before)
      _ = try SmallRun("\(Self.run) --data \(folder.file("mn2"))", in: folder.file("e"))
      let compared = try tare("runs compare \(path) \(folder.file("e"))")
      #expect(compared.output.contains("training images SHA-256") && !compared.output.contains("test images SHA"))
      let allowed = try tare(
        "train --json --resume \(path) --steps 10 --data \(folder.file("mn2")) --allow-other-data")
      #expect(allowed.exitCode == 0 && allowed.errors.contains("allowed: dataset.path \(folder.file("mn2")) has"))
      #expect(((try run.record)["changes"] as? [String])?.count == 1)
      for flag in ["--allow-other-data", "--branch x"] {
        let alone = try tare("train \(flag)")
        #expect(alone.exitCode == 64 && alone.errors.contains("is given without --resume"), "\(alone.errors)")
      }
    }

    @Test("a run is not resumed where oneDNN computes with other instructions, unless a flag says so")
    func otherInstructions() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("d")
      let run = try SmallRun("--network mlp --batch 64 --microbatch 32 --steps 4", in: path)
      let before = try run.file("run.json")
      func resume(_ rest: String) throws -> TareProcess.Ending {
        try TareProcess(
          "train --json --resume \(path) --steps 6 \(rest)".split(separator: " ").map(String.init),
          variables: ["DNNL_MAX_CPU_ISA": "SSE41"]
        ).finish()
      }
      let refused = try resume("")
      #expect(refused.exitCode == 65 && refused.errors.contains("sse4.1"), "\(refused.errors)")
      #expect(refused.errors.contains("or --allow-other-arithmetic."))
      #expect(try run.file("run.json") == before)
      let allowed = try resume("--allow-other-arithmetic")
      #expect(allowed.exitCode == 0, "\(allowed.errors)")
      #expect(((try run.record)["changes"] as? [String])?.first?.contains("sse4.1") == true)
    }

    @Test("a worker started by hand on other data is refused by name, and a latecomer does not end the run")
    func byHand() throws {
      let folder = try data()
      func start(_ name: String, _ steps: Int) throws -> (TareProcess, server: PrintedCommand, worker: PrintedCommand) {
        let process = try TareProcess(
          SmallRun.arguments(
            "\(Self.run) --steps \(steps) --workers 1 --data \(folder.file("mn")) --launcher none "
              + "--listen tcp://127.0.0.1:0 --progress plain",
            output: folder.file(name)))
        let said = try #require(process.waitForError(containing: "tare worker --join "))
        return try (process, PrintedCommand("server", in: said), PrintedCommand("worker", in: said))
      }
      let words = "dataset.path \(folder.file("mn2")) has other training images or labels"
      let file = ": file \(folder.file("mn2"))/train-images-idx3-ubyte has SHA-256 "
      let (first, server, worker) = try start("a", 8)
      // A server that comes when the run has already ended waits for another one.
      let serving = try server.start()
      _ = try #require(first.waitForError(containing: "server 0 joined"))
      let members = try [serving, worker.start(["--data", folder.file("mn2")])]
      let ending = first.finish()
      #expect(ending.exitCode == 65 && ending.errors.contains("worker 0: \(words)"), "\(ending.errors)")
      for member in members { #expect(member.finish().exitCode == 65) }

      let (second, otherServer, otherWorker) = try start("b", 200_000)
      let good = try [otherServer.start(), otherWorker.start()]
      _ = try #require(second.waitForError(containing: "step 2/"))
      let late = try otherWorker.start(["--data", folder.file("mn2")]).finish()
      #expect(late.exitCode == 65 && late.errors.contains(words) && late.errors.contains(file), "\(late.errors)")
      second.signal(SIGINT)
      #expect(second.finish().exitCode == 130)
      for member in good { #expect(member.finish().exitCode == 130) }
    }

    @Test("a sweep is not resumed on other data unless a flag says so")
    func sweep() throws {
      let folder = try data()
      let plan = """
        sweep: small
        base: {dataset: mnist, network: mlp, batch: 4, microbatch: 2, steps: 2}
        axes: [{seed: [1, 2]}]
        """
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      let command = "sweep \(folder.file("plan.yaml")) --output \(folder.file("s")) --set dataset.path="
      let first = try tare(command + folder.file("mn"))
      #expect(first.exitCode == 0, "\(first.errors)")
      let refused = try tare(command + folder.file("mn2") + " --resume")
      #expect(refused.exitCode == 65)
      #expect(
        refused.errors.contains("dataset.path \(folder.file("mn2")) holds other data than run \(folder.file("s"))"))
      #expect(try tare(command + folder.file("mn2") + " --resume --allow-other-data").exitCode == 0)
      #expect(try tare(command + folder.file("mn") + " --resume").exitCode == 0)
    }

    @Test("fewer steps are refused and leave a finished run; a branch trains them in another folder")
    func branch() throws {
      let folder = try TemporaryFolder()
      let path = folder.file("a")
      let shape = "--network mlp --batch 64 --microbatch 32 --checkpoint-every 2"
      let run = try SmallRun("\(shape) --steps 8", in: path)
      let (record, metrics) = (try run.file("run.json"), try run.file("metrics.csv"))
      let refused = try tare("train --resume \(path) --steps 5")
      #expect(refused.exitCode == 64 && refused.errors.contains("make 5, but run \(path) has trained 8"))
      let straight = try SmallRun("\(shape) --steps 5", in: folder.file("straight")).ending.weightsSHA256
      let branched = try tare("train --json --resume \(path) --steps 5 --branch \(folder.file("b"))")
      #expect(branched.exitCode == 0, "\(branched.errors)")
      #expect(try branched.weightsSHA256 == straight)
      #expect(try run.file("run.json") == record && run.file("metrics.csv") == metrics)
      let taken = try tare("train --json --resume \(path) --steps 5 --branch \(folder.file("b"))")
      #expect(taken.exitCode == 64 && taken.errors.contains("already holds a run"))
    }

    @Test("another launcher takes the transport that it needs")
    func launcher() throws {
      let folder = try TemporaryFolder()
      let shape = "--network mlp --batch 64 --microbatch 32"
      let straight = try SmallRun("\(shape) --steps 6", in: folder.file("straight")).ending.weightsSHA256
      for (first, second) in [("threads", "processes"), ("processes", "threads")] {
        _ = try SmallRun("\(shape) --steps 4 --launcher \(first)", in: folder.file(first))
        let resumed = try tare("train --json --resume \(folder.file(first)) --steps 6 --launcher \(second)")
        #expect(resumed.exitCode == 0, "\(resumed.errors)")
        #expect(try resumed.weightsSHA256 == straight)
      }
    }
  }
}
