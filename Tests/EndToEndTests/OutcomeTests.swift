import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What a run prints and leaves: what scripts and people rely on.
  @Suite("Outcome")
  struct Outcome {
    private static let run = "--network mlp --steps 6 --batch 128 --microbatch 16 --l2 0"
    private static let keys: Set = [
      "run", "steps", "epochs", "trainLoss", "testLoss", "testError", "bestTestError", "weightsSHA256",
      "imagesPerSecond", "seconds", "workers", "servers", "threads", "samplesUsed", "layers", "events",
    ]
    private static let layerKeys: Set = [
      "name", "norm", "effectiveLearningRate", "angularUpdate", "predictedAngularUpdate", "cosWeightGradient",
    ]

    @Test("stdout is one JSON object with every key")
    func json() throws {
      let folder = try TemporaryFolder()
      let result = try SmallRun("\(Self.run) --servers 2", in: folder.file("run")).ending.json
      #expect(Self.keys.subtracting(result.keys).isEmpty)
      #expect(result["run"] as? String == folder.file("run"))
      #expect(result["steps"] as? Int == 6)
      #expect(result["samplesUsed"] as? Int == 6 * 128)
      #expect(result["epochs"] as? Double == 1.5)
      #expect(result["workers"] as? Int == 2)
      #expect(result["servers"] as? Int == 2)
      #expect(result["threads"] as? Int == 1)
      let layers = try #require(result["layers"] as? [[String: Any]])
      #expect(layers.map { $0["name"] as? String } == ["dense1", "dense2"])
      for layer in layers {
        #expect(Self.layerKeys.subtracting(layer.keys).isEmpty)
        // Without a penalty there is no equilibrium to predict.
        #expect(layer["predictedAngularUpdate"] is NSNull)
        #expect(try #require(layer["norm"] as? Double) > 0)
      }
    }

    @Test(
      "‖w‖ before the first step, and means over a run under a schedule, are those of metrics.csv, after a kill too")
    func path() throws {
      let folder = try TemporaryFolder()
      let run =
        "--network conv3 --batch 32 --microbatch 16 --steps 12 --schedule cosine --checkpoint-every 4 "
        + "--set execution.metricsEvery=1"
      let whole = try SmallRun(run, in: folder.file("whole"))
      let rows = try whole.text("metrics.csv").split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      func values(_ layer: String, _ metric: String, _ statistic: String) -> [Double] {
        rows.filter { $0[1] == layer && $0[2] == metric && $0[3] == statistic }.compactMap { Double($0[4]) }
      }
      let result = try whole.ending.json
      for layer in try #require(result["layers"] as? [[String: Any]]) {
        let name = try #require(layer["name"] as? String)
        // What metrics.csv has of step 1 is before that step.
        let first = try #require(values(name, "weightNorm", "p50").first)
        #expect(abs(try #require(layer["initialNorm"] as? Double) / first - 1) < 1e-6)
      }
      let path = try #require(result["path"] as? [String: Any])
      #expect(path["bestStep"] as? Int == 12, "it is evaluated at its end alone")
      for layer in try #require(path["layers"] as? [[String: Any]]) {
        let name = try #require(layer["name"] as? String)
        let (mean, best) = try (
          #require(layer["mean"] as? [String: Double]), #require(layer["best"] as? [String: Double])
        )
        let (norms, rates, angles) = (
          values(name, "weightNorm", "p50"), values(name, "effectiveLearningRate", "p50"),
          values(name, "angularUpdate", "rms")
        )
        let (last, found) = try (#require(norms.last), #require(best["norm"]))
        #expect(norms.count == 12 && abs(found / last - 1) < 1e-12)
        #expect(abs(try #require(mean["norm"]) - norms.reduce(0, +) / 12) < 1e-9)
        #expect(abs(try #require(mean["effectiveLearningRate"]) - rates.reduce(0, +) / 12) < 1e-12)
        let square = try #require(mean["angularUpdate"]) * #require(mean["angularUpdate"])
        #expect(abs(square - angles.reduce(0) { $0 + $1 * $1 } / 12) < 1e-12)
      }
      // A run that is killed on the way and resumed has the same.
      let part = try TareProcess(SmallRun.arguments("\(run) --progress plain", output: folder.file("part")))
      let checkpoint = folder.file("part/checkpoints/step-4")
      let deadline = ContinuousClock.now + .eventDeadline
      while !FileManager.default.fileExists(atPath: checkpoint), ContinuousClock.now < deadline { sched_yield() }
      part.signal(SIGKILL)
      _ = part.finish()
      let resumed = try TareProcess.run(["train", "--resume", folder.file("part"), "--json"])
      let record = try JSONSerialization.jsonObject(with: Data(folder.read("part/run.json"))) as? [String: Any]
      let after = try #require(record?["result"] as? NSDictionary, "\(resumed.errors)")
      #expect(after["path"] as? NSDictionary == result["path"] as? NSDictionary)
      #expect(after["layers"] as? NSArray == result["layers"] as? NSArray)
    }

    @Test("run.json holds spec, versions, host and result")
    func record() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun(Self.run, in: folder.file("run"))
      let record = try run.record
      #expect(record["status"] as? String == "done")
      let spec = try #require(record["spec"] as? [String: Any])
      let optimizer = try #require(spec["optimizer"] as? [String: Any])
      #expect(optimizer["name"] as? String == "nesterov" && optimizer["momentum"] as? Double == 0.9)
      #expect(spec["l2"] as? Double == 0 && spec["backend"] as? String == "onednn")
      let versions = try #require(record["versions"] as? [String: String])
      #expect(Set(["tare", "protocol", "oneDNN"]).isSubset(of: versions.keys))
      #expect((record["host"] as? [String: Any])?.isEmpty == false)
      #expect((record["commandLine"] as? [String])?.contains("--microbatch") == true)
      let result = try #require(record["result"] as? NSDictionary)
      #expect(try result == run.ending.json as NSDictionary)
      let log = try run.text("log.txt")
      for member in ["server 0", "worker 0", "worker 1"] { #expect(log.contains("\(member) joined")) }
    }

    @Test("metrics.csv has every metric of every normalized layer, and quantiles over its filters")
    func metrics() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun(
        "--network conv3 --steps 4 --batch 64 --microbatch 16 --set execution.evaluateEvery=2", in: folder.file("run"))
      let lines = try run.text("metrics.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(lines.first == ["step", "layer", "metric", "statistic", "value"])
      let rows = lines.dropFirst()
      #expect(rows.allSatisfy { $0.count == 5 })
      for step in ["2", "4"] {
        func statistics(_ layer: String, _ metric: String) -> Set<String> {
          Set(rows.filter { Array($0[..<3]) == [step, layer, metric] }.map { $0[3] })
        }
        for metric in ["trainLoss", "trainError", "learningRate", "testLoss", "testError"] {
          #expect(statistics("", metric).count == 1, "\(metric) at \(step)")
        }
        func value(_ layer: String, _ metric: String, _ statistic: String) -> Double? {
          rows.first { Array($0[..<4]) == [step, layer, metric, statistic] }.flatMap { Double($0[4]) }
        }
        #expect(try #require(value("", "penalty", "sum")) > 0)
        for layer in 1...3 {
          // Four microbatches of uncorrelated noise have √3.
          #expect((0.5...10).contains(try #require(value("conv\(layer)", "gradientDispersion", "layer"))))
          let (way, distance) = ("cumulativeAngle", "angleToInitial")
          let gone = try #require(value("conv\(layer)", way, "max"))
          #expect((0...gone).contains(try #require(value("conv\(layer)", distance, "max"))))
          #expect((0.5...1.5).contains(try #require(value("norm\(layer)", "gamma", "mean"))))
          #expect(try #require(value("norm\(layer)", "smallestVariance", "min")) > 0)
          #expect(try #require(value("norm\(layer)", "runningStatisticsLag", "rms")) < 1)
        }
        // Hidden γ and β are scale-invariant together, the last layer's are not, the head is not at all.
        #expect(abs(try #require(value("norm2", "cosGammaBetaGradient", "layer"))) < 1e-3)
        #expect(abs(try #require(value("norm3", "cosGammaBetaGradient", "layer"))) > 1e-3)
        #expect(abs(try #require(value("head", "cosWeightGradient", "extreme"))) > 1e-3)
        #expect(value("head", "effectiveLearningRate", "p50") == nil)
        for layer in ["conv1", "conv2", "conv3"] {
          for metric in ["weightNorm", "gradientNorm", "unitGradientNorm", "effectiveLearningRate"] {
            #expect(
              statistics(layer, metric).isSuperset(of: ["min", "p10", "p50", "p90", "max"]), "\(layer) \(metric)")
          }
          for metric in ["angularUpdate", "predictedAngularUpdate", "predictedNorm", "cosWeightGradient"] {
            #expect(!statistics(layer, metric).isEmpty, "\(layer) \(metric)")
          }
        }
      }
    }

    @Test("weights are kept under their names, as OIHW, running statistics included")
    func weights() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network conv3 --steps 1 --batch 64", in: folder.file("run"))
      for name in ["initial", "final"] {
        let shapes = try PlainSafeTensors(run.file("weights/\(name).safetensors")).shapes
        let first = try #require(shapes["conv1.weight"])
        #expect(Array(first.dropFirst()) == [3, 3, 3])
        #expect(shapes["conv2.weight"]?[1] == first[0])
        for layer in 1...3 {
          let filters = try #require(shapes["conv\(layer).weight"]?.first)
          for name in ["gamma", "beta", "running_mean", "running_var"] {
            #expect(shapes["norm\(layer).\(name)"] == [filters], "norm\(layer).\(name)")
          }
        }
      }
    }

    @Test("without --json people get a table, and nothing of it on stderr")
    func table() throws {
      let folder = try TemporaryFolder()
      let arguments = SmallRun.arguments(Self.run + " --progress none", output: folder.file("run")).filter {
        $0 != "--json"
      }
      let ending = try TareProcess.run(arguments)
      #expect(ending.exitCode == 0 && ending.errors.isEmpty)
      for words in ["dense1", "dense2", folder.file("run")] { #expect(ending.output.contains(words)) }
    }

    @Test(
      "help, fields and version",
      arguments: [
        ("--help", "EXIT CODES"), ("help train", "PLAN FILES"), ("help server", "--join"),
        ("fields", "optimizer.learningRate"),
        ("version", "tare "), ("--version", "."),
      ])
    func help(arguments: String, words: String) throws {
      let ending = try TareProcess.run(arguments.split(separator: " ").map(String.init))
      #expect(ending.exitCode == 0)
      #expect(ending.output.contains(words))
      #expect(ending.errors.isEmpty)
    }
  }
}
