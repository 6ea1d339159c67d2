import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Measuring checkpoints")
  struct MeasureTests {
    private struct Measured: Decodable {
      struct Layer: Decodable {
        let name: String
        let firstNorm, effectiveLearningRate: Double?
      }
      let folder: String
      let steps: [Int]
      let layers: [Layer]
    }

    private static let rates = ["--optimizer", "sgd", "--learning-rate", "0.1", "--l2", "1e-3"]

    /// A run's own record is the evidence: the norms of its initial weights and the angle to them.
    @Test("the weights of a run, measured as files, have the norms and the angle that the run recorded")
    func agreesWithARun() throws {
      let folder = try TemporaryFolder()
      let run = folder.file("run")
      let trained = try TareProcess(
        [
          "train", "--network", "mlp", "--steps", "5", "--set", "execution.metricsEvery=1", "--set",
          "dataset.limit=256",
          "--output", run, "--progress", "none",
        ] + Self.rates
      ).finish()
      try #require(trained.exitCode == 0, "\(trained.errors)")
      let map = try folder.write(Array("dense1: dense1.weight\nhead: head.weight none\n".utf8), to: "map.yaml")
      let measured = try TareProcess(
        [
          "measure", run + "/weights/initial.safetensors", run + "/weights/final.safetensors", "--steps", "0,5",
          "--map",
          map, "--output", folder.file("measured"), "--json",
        ] + Self.rates
      ).finish()
      try #require(measured.exitCode == 0, "\(measured.errors)")
      let found = try JSONDecoder().decode(Measured.self, from: Data(measured.output.utf8))
      #expect(found.steps == [0, 5] && found.layers.map(\.name) == ["dense1", "head"])
      func recorded(_ folder: String, _ step: String, _ metric: String) throws -> Double {
        let rows = try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8).split(separator: "\n")
        let row = rows.first { $0.hasPrefix("\(step),dense1,\(metric),p50,") }
        return try #require(row?.split(separator: ",").last.flatMap { Double($0) })
      }
      let layer = try #require(found.layers.first)
      // The norm before the first step is that of the initial weights.
      #expect(abs(try #require(layer.firstNorm) / recorded(run, "1", "weightNorm") - 1) < 1e-6)
      let angle = try recorded(folder.file("measured"), "5", "angleToInitial")
      #expect(abs(angle / (try recorded(run, "5", "angleToInitial")) - 1) < 1e-6)
      #expect(found.layers[1].effectiveLearningRate == nil)
      let report = try TareProcess(["report", folder.file("measured")]).finish()
      #expect(report.exitCode == 0 && report.output.hasPrefix("1 run, curves of each layer: "), "\(report.errors)")
      let watched = try TareProcess(["watch", folder.file("measured")]).finish()
      #expect(
        watched.exitCode == 64 && watched.errors.contains("holds measured checkpoints, which \"tare report\" draws"))
      let again = try TareProcess(["train", folder.file("measured/run.json")]).finish()
      #expect(again.exitCode == 64 && again.errors.contains("measured checkpoints"))
    }

    @Test("without a rate, or with files that do not belong together, nothing is written")
    func refusals() throws {
      let folder = try TemporaryFolder()
      let file = try folder.write([1, 2, 3], to: "a-1.safetensors")
      let output = ["--output", folder.file("out")]
      let rate = try TareProcess(["measure", file] + output).finish()
      #expect(rate.exitCode == 64 && rate.errors.contains("--learning-rate is missing"))
      let short = try TareProcess(["measure", file] + output + Self.rates).finish()
      #expect(short.exitCode == 65 && short.errors.contains("has 3 bytes"), "\(short.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }
  }
}
