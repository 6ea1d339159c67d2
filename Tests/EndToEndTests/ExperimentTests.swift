import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What experiments need beside a plain run: chosen metrics, chosen lengths, and another run's rates.
  @Suite("Experiments")
  struct Experiments {
    private static let run = "--network mlp --steps 4 --microbatch 16 --set execution.metricsEvery=1"

    /// The rows of `metrics.csv`: step, layer, metric, statistic, value.
    private static func rows(_ run: SmallRun) throws -> [[String]] {
      try run.text("metrics.csv").split(separator: "\n").dropFirst().map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }

    @Test("only the metrics that were asked for are recorded")
    func chosenMetrics() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("\(Self.run) --set execution.metrics=weightNorm,penalty", in: folder.file("run"))
      #expect(try Set(Self.rows(run).map { $0[2] }) == ["weightNorm", "penalty"])
    }

    @Test("every filter starts with the root mean square that was asked for")
    func initialLength() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("\(Self.run) --precision double --set initRMS=0.02", in: folder.file("run"))
      // Inputs of the two hidden layers of an mlp on 3·32·32 pixels.
      for (layer, inputs) in [("dense1", 3072.0), ("dense2", 128.0)] {
        for statistic in ["min", "max"] {
          let row = try Self.rows(run).first { $0[..<4] == ["1", layer, "weightNorm", statistic] }
          let norm = try #require(Double(row?[4] ?? ""))
          #expect(abs(norm / (0.02 * inputs.squareRoot()) - 1) < 1e-12)
        }
      }
    }

    @Test("recorded rates are η/‖w‖², and a run on other weights that follows them turns as far")
    func followed() throws {
      let folder = try TemporaryFolder()
      let options = "\(Self.run) --precision double --optimizer sgd --l2 0 --set normalizationEpsilon=0"
      let donor = try SmallRun("\(options) --set execution.recordRates=true", in: folder.file("donor"))
      let rates = try PlainSafeTensors(donor.file("weights/rates.safetensors"))
      #expect(rates.shapes == ["dense1.weight": [4, 128], "dense2.weight": [4, 128]])
      // Weights three times as long, at the rates of the donor: the same function, whatever η says.
      let follower = try SmallRun(
        "\(options) --init-scale 3 --lr 0.7 --set groups.head.learningRate=0.1 --set groups.gammaBeta.learningRate=0.1 "
          + "--set follow=\(folder.file("donor")) --servers 2", in: folder.file("follower"))
      let losses = try [donor, follower].map { run in
        try Self.rows(run).filter { $0[2] == "trainLoss" }.map { try #require(Double($0[4])) }
      }
      #expect(losses[0].count == 4)
      for (donor, follower) in zip(losses[0], losses[1]) { #expect(abs(donor - follower) < 1e-12) }
      // Its metrics know the rate that each filter has, and the exact laws hold at those rates.
      for metric in ["effectiveLearningRate", "exactEffectiveStep", "empiricalEffectiveRate"] {
        let values = try [donor, follower].map { run in
          try Self.rows(run).filter { $0[2] == metric && $0[1] != "head" }
            .map { try #require(Double($0[4]), "\($0)") }
        }
        #expect(values[0].count == values[1].count && !values[0].isEmpty)
        for (donor, follower) in zip(values[0], values[1]) { #expect(abs(follower / donor - 1) < 1e-9, "\(metric)") }
      }
      let residuals = try Self.rows(follower).filter { $0[2] == "radiusLawResidual" && $0[1] != "head" && $0[0] != "1" }
      #expect(!residuals.isEmpty)
      for row in residuals { #expect(try #require(Double(row[4]), "\(row)") < 1e-12) }
    }

    @Test(
      "what cannot be done is one sentence, and leaves nothing",
      arguments: [
        ("--set execution.metrics=weightNrm", "metric \"weightNrm\" is unknown"),
        ("--set execution.recordRates=true --set execution.metricsEvery=2", "metrics are recorded every 2 steps"),
        ("--set follow=/nowhere", "follow is \"/nowhere\", which has no readable rates.safetensors"),
        ("--optimizer riemannian-sgd --normalization layer", "scale-invariant by themselves"),
        ("--set initRMS=0.1 --init-scale 2", "initRMS and initScale are both given"),
        ("--set follow=/nowhere --projection filter", "rates can be followed by unprojected weights before batch norm"),
        ("--optimizer adam --set optimizer.beta1=1", "optimizer.beta1 is 1"),
        ("--optimizer adam --set optimizer.epsilon=0", "optimizer.epsilon is 0"),
        ("--l2 -1", "l2 is -1"), ("--optimizer lion --l2 0.1", "optimizer \"lion\""),
        ("--normalization none --projection filter", "projection is \"filter\""),
        ("--normalization layer --projection filter", "normalization is \"layer\""),
        ("--normalization group --set normalizationGroups=7", "a divisor of the 128 channels"),
        ("--normalization layer --set normalizationEpsilon=-1", "normalizationEpsilon is -1"),
      ])
    func refused(arguments: String, sentence: String) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        "train --network mlp --steps 2 --set dataset.limit=256 --output \(folder.file("run")) \(arguments)"
          .split(separator: " ").map(String.init))
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains(sentence), "\(ending.errors)")
      #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
      #expect(try folder.names.isEmpty)
    }
  }
}
