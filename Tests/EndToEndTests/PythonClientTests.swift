import Foundation
import Parameters
import TestSupport
import Testing

extension EndToEnd {
  /// What docs/wire.md says is enough to write a worker from it.
  @Suite("A worker in Python", .enabled(if: PythonClient.python != nil, "\(PythonClient.missing)"))
  struct PythonClients {
    private static let run =
      "--network mlp --dataset mnist --batch 12 --microbatch 4 --steps 8 --progress plain "
      + "--set execution.evaluateEvery=4 --set dataset.limit=0 --set execution.metricsEvery=1"

    /// MNIST's files with 48 images of noise, from which every layer has something to learn.
    private func data() throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder.file("mn"), withIntermediateDirectories: false)
      for (part, count) in [("train", 48), ("t10k", 10)] {
        let header = Samples.images(count: count).prefix(16)
        let random = CounterRandom(seed: UInt64(count), purpose: .probe)
        let pixels = (0..<count * 784).map { UInt8(truncatingIfNeeded: random.words(0, $0)[0]) }
        try folder.write(header + pixels, to: "mn/\(part)-images-idx3-ubyte")
        try folder.write(Samples.labels(count: count), to: "mn/\(part)-labels-idx1-ubyte")
      }
      return folder
    }

    /// Rows of `metrics.csv` by step, layer, metric and statistic.
    private func metrics(_ text: String) -> [[String]: Double] {
      let rows = text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      return Dictionary(
        rows.compactMap { row in Double(row[4]).map { (Array(row[..<4]), $0) } }, uniquingKeysWith: { $1 })
    }

    /// That losses, norms and effective learning rates agree, which follow from the weights; and that the same rows are there.
    private func expectAgreement(_ folder: TemporaryFolder, _ name: String, with expected: SmallRun) throws {
      let mine = metrics(String(decoding: try folder.read("\(name)/metrics.csv"), as: UTF8.self))
      let theirs = metrics(try expected.text("metrics.csv"))
      #expect(Set(mine.keys) == Set(theirs.keys))
      var compared = 0
      for (row, value) in theirs
      where ["trainLoss", "testLoss", "weightNorm", "effectiveLearningRate", "gradientNoise"].contains(row[2]) {
        let found = try #require(mine[row])
        // A few thousand roundings of float32.
        #expect(abs(found - value) <= 1e-4 * abs(value) + 1e-6, "\(row): \(found), not \(value)")
        compared += 1
      }
      #expect(compared > 100)
      for (row, value) in theirs where ["trainError", "testError"].contains(row[2]) { #expect(mine[row] == value) }
    }

    @Test("trains a run alone, over encrypted TCP and over ipc, with the losses of a run without it")
    func alone() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn"))"
      let expected = try SmallRun("\(run) --workers 1", in: folder.file("expected"))
      for listen in ["tcp://127.0.0.1:0", "ipc://\(folder.file("socket"))"] {
        let name = String(listen.prefix(3))
        let waiting = try WaitingRun("\(run) --workers 1", listen: listen, output: folder.file(name))
        let server = try waiting.printed("server").start()
        let printed = try waiting.printed("worker")
        let worker = try PythonClient(
          script: "tare_worker.py", printed.arguments.dropFirst().map { $0 }, variables: printed.variables)
        let ending = waiting.process.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        let left = worker.finish()
        #expect(left.exitCode == 0 && left.output.isEmpty, "\(left.output)")
        #expect(server.finish().exitCode == 0)
        try expectAgreement(folder, name, with: expected)
      }
    }

    @Test("trains beside a worker of Tare if the run allows it, which is recorded, and is refused if not")
    func mixed() throws {
      let folder = try data()
      let run = "\(Self.run) --workers 2 --servers 2 --data \(folder.file("mn"))"
      let expected = try SmallRun(run, in: folder.file("expected"))
      for allowance in ["", " --allow-other-arithmetic"] {
        let name = "mixed\(allowance.isEmpty ? "" : "-allowed")"
        let waiting = try WaitingRun(run + allowance, output: folder.file(name))
        let server = try waiting.printed("server"), printed = try waiting.printed("worker")
        let members = try [server.start(), server.start(), printed.start()]
        let client = try PythonClient(
          script: "tare_worker.py", printed.arguments.dropFirst().map { $0 }, variables: printed.variables)
        let ending = waiting.process.finish()
        let left = client.finish()
        for member in members { _ = member.finish() }
        guard !allowance.isEmpty else {
          #expect(ending.exitCode == 69 && left.exitCode == 69)
          #expect(ending.errors.contains("compute different numbers from the same input"), "\(ending.errors)")
          #expect(left.output.contains("compute different numbers from the same input"))
          continue
        }
        #expect(ending.exitCode == 0, "\(ending.errors)")
        #expect(left.exitCode == 0 && left.output.isEmpty, "\(left.output)")
        try expectAgreement(folder, name, with: expected)
        let record = try JSONSerialization.jsonObject(with: Data(folder.read("\(name)/run.json"))) as? [String: Any]
        let change = try #require((record?["changes"] as? [String])?.first)
        #expect(change.contains("numpy") && change.contains("oneDNN") && change.contains("their bits differ"))
      }
    }

    @Test("decodes every recorded frame, and computes every recorded number")
    func vectors() throws {
      let ending = try PythonClient(script: "check_vectors.py").finish()
      #expect(ending.exitCode == 0, "\(ending.output)")
      #expect(ending.output.contains(" frames and "))
    }
  }
}
