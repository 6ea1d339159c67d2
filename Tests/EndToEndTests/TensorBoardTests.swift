import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What TensorBoard's own reader, of the PyPI package, finds in the folders that runs leave.
  @Suite("TensorBoard", .enabled(if: TensorBoardReader.python != nil, "\(TensorBoardReader.missing)"))
  struct TensorBoard {
    private static let run =
      "--network mlp --batch 128 --microbatch 16 --checkpoint-every 5 --progress plain --set execution.evaluateEvery=4"

    /// The rows of metrics.csv under the tags that they have in TensorBoard: step and value.
    private func expected(_ folder: TemporaryFolder) throws -> [String: [TensorBoardReader.Point]] {
      let lines = String(decoding: try folder.read("run/metrics.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
      var points: [String: [TensorBoardReader.Point]] = [:]
      for line in lines {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let tag: String
        switch (fields[2], fields[3]) {
        case ("trainLoss", _): tag = "loss/train"
        case ("testLoss", _): tag = "loss/test"
        case ("trainError", _): tag = "error/train"
        case ("testError", _): tag = "error/test"
        case ("effectiveLearningRate", "p50"): tag = "effectiveLearningRate/\(fields[1])"
        case ("angularUpdate", "rms"): tag = "angularUpdate/\(fields[1])"
        case ("predictedAngularUpdate", "rms"): tag = "angularUpdate/\(fields[1])/predicted"
        case ("weightNorm", "layer"): tag = "weightNorm/\(fields[1])"
        default: continue
        }
        guard let value = Double(fields[4]) else { continue }
        points[tag, default: []].append(.init(step: try #require(Int(fields[0])), value: Float(value)))
      }
      return points
    }

    /// That the reader finds each row of metrics.csv once, and a histogram of every layer in every window.
    private func check(_ folder: TemporaryFolder, steps: Int) throws {
      let reading = try TensorBoardReader.reading(of: folder.file("run/tensorboard"))
      let expected = try expected(folder)
      #expect(expected.count >= 10 && expected["loss/train"]?.count == steps / 2)
      for (tag, points) in expected { #expect(reading.scalars[tag] == points, "\(tag)") }
      #expect(reading.scalars.keys.contains { $0.hasPrefix("weightNorm/") && $0.hasSuffix("/predicted") })
      #expect(!reading.histograms.isEmpty)
      for (tag, histograms) in reading.histograms {
        #expect(tag.hasPrefix("filterNorm/"))
        #expect(histograms.map(\.step) == Array(stride(from: 2, through: steps, by: 2)), "\(tag)")
        for histogram in histograms {
          let layer = String(tag.dropFirst("filterNorm/".count))
          #expect(histogram.count == histogram.inBuckets && histogram.buckets <= 30)
          // The squares of the filters' norms add up to that of the layer's.
          let norm = try #require(expected["weightNorm/\(layer)"]?.first { $0.step == histogram.step }?.value)
          #expect(abs(histogram.sumOfSquares / Double(norm * norm) - 1) < 1e-5)
        }
      }
      let filters = try PlainSafeTensors(Data(folder.read("run/weights/final.safetensors"))).shapes
      for (tag, histograms) in reading.histograms {
        let shape = try #require(filters[tag.dropFirst("filterNorm/".count) + ".weight"], "\(filters.keys)")
        #expect(histograms.allSatisfy { $0.count == Double(shape[0]) })
      }
    }

    @Test("every logged step is there once, with the values of metrics.csv")
    func plain() throws {
      let folder = try TemporaryFolder()
      _ = try SmallRun("\(Self.run) --steps 20", in: folder.file("run"))
      try check(folder, steps: 20)
    }

    @Test("also after a crash and a resumption, after a server's death, and where the event file was lost")
    func resumed() throws {
      let folder = try TemporaryFolder()
      let process = try TareProcess(
        SmallRun.arguments("\(Self.run) --steps 40 --workers 1", output: folder.file("run")))
      _ = try #require(process.waitForError(containing: "step 8/"))
      let server = try #require(process.children.first { $0.name.hasPrefix("server") })
      kill(server.id, SIGKILL)
      _ = try #require(process.waitForError(containing: "step 16/"))
      process.signal(SIGKILL)
      _ = process.finish()
      let resume = ["train", "--json", "--resume", folder.file("run")]
      #expect(try TareProcess.run(resume).exitCode == 0)
      try check(folder, steps: 40)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.file("run/tensorboard"))
      #expect(files.count == 2)

      // Without the old file its scalars come from metrics.csv; the histograms of the old steps are gone.
      try FileManager.default.removeItem(atPath: folder.file("run/tensorboard"))
      #expect(try TareProcess.run(resume + ["--steps", "44"]).exitCode == 0)
      let reading = try TensorBoardReader.reading(of: folder.file("run/tensorboard"))
      for (tag, points) in try expected(folder) { #expect(reading.scalars[tag] == points, "\(tag)") }
      #expect(reading.histograms.values.allSatisfy { $0.map(\.step) == [42, 44] })
    }

    @Test("a run without it has the same bits, the same spec hash and no folder")
    func without() throws {
      let folder = try TemporaryFolder()
      let with = try SmallRun("\(Self.run) --steps 4", in: folder.file("with"))
      let without = try SmallRun("\(Self.run) --steps 4 --set execution.tensorboard=false", in: folder.file("without"))
      #expect(try with.ending.weightsSHA256 == without.ending.weightsSHA256)
      #expect(try with.file("metrics.csv") == without.file("metrics.csv"))
      #expect(FileManager.default.fileExists(atPath: folder.file("with/tensorboard")))
      #expect(!FileManager.default.fileExists(atPath: folder.file("without/tensorboard")))
    }

    @Test("a sweep is an experiment: its axes are hyperparameters, its runs are trials with their results")
    func sweep() throws {
      let folder = try TemporaryFolder()
      let plan = """
        sweep: small
        base: {network: mlp, dataset.limit: 256, batch: 64, microbatch: 32, steps: 8}
        axes:
          - optimizer.learningRate: [0.01, 1e30]
          - condition: {free: {normalization: none}, projected: {projection: filter, projectionKeepsL2: true}}
          - seed: [1, 2]
        """
      try folder.write(Array(plan.utf8), to: "plan.yaml")
      let ending = try TareProcess.run(
        ["sweep", folder.file("plan.yaml"), "--output", folder.file("sweep")])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let lines = String(decoding: try folder.read("sweep/results.csv"), as: UTF8.self).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      func column(_ name: String) throws -> Int { try #require(lines[0].firstIndex(of: name)) }
      let (status, error, place) = (try column("status"), try column("testError"), try column("folder"))
      let reading = try TensorBoardReader.sweep(folder.file("sweep"))
      #expect(reading.isActive && reading.hyperparameters.sorted() == ["condition", "optimizer.learningRate", "seed"])
      #expect(reading.metrics == ["error/test", "loss/test", "loss/train"])
      // Whoever diverges before the first step is done has no folder to show.
      let rows = lines.dropFirst().filter {
        FileManager.default.fileExists(atPath: $0[place] + "/run.json")
      }
      #expect(reading.trials.count == rows.count && rows.contains { $0[status] == "diverged" })
      for row in rows {
        let trial = try #require(
          reading.trials.first {
            $0.learningRate == Double(row[2]) && $0.condition == row[3] && $0.seed == Double(row[4])
          }, "\(row)")
        #expect(trial.status == (row[status] == "done" ? "STATUS_SUCCESS" : "STATUS_FAILURE"))
        if row[status] == "done" { #expect(trial.testError == Double(row[error]).map(Float.init)) }
      }
    }
  }
}
