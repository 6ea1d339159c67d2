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

    private func metrics(_ folder: TemporaryFolder, _ name: String) throws -> [[String]: Double] {
      metrics(String(decoding: try folder.read("\(name)/metrics.csv"), as: UTF8.self))
    }

    /// Compares every value of some metrics with that of the run that it should be like.
    ///
    /// - Parameter tolerance: relative, of a metric in a step; `nil` does not compare it.
    private func expectAgreement(
      _ folder: TemporaryFolder, _ name: String, with expected: SmallRun,
      tolerance: (_ metric: String, _ step: Int) -> Double?
    ) throws {
      let mine = try metrics(folder, name)
      var compared = 0
      for (row, value) in metrics(try expected.text("metrics.csv")) {
        guard let tolerance = tolerance(row[2], try #require(Int(row[0]))) else { continue }
        let found = try #require(mine[row], "\(row)")
        #expect(abs(found - value) <= tolerance * abs(value) + 1e-6, "\(row): \(found), not \(value)")
        compared += 1
      }
      #expect(compared > 100)
    }

    /// That losses, norms and effective learning rates agree, which follow from the weights, and errors; and that the same rows are
    /// there.
    private func expectAgreement(_ folder: TemporaryFolder, _ name: String, with expected: SmallRun) throws {
      #expect(Set(try metrics(folder, name).keys) == Set(metrics(try expected.text("metrics.csv")).keys))
      try expectAgreement(folder, name, with: expected) { metric, _ in
        switch metric {
        // A few thousand roundings of float32.
        case "trainLoss", "testLoss", "weightNorm", "effectiveLearningRate", "gradientNoise": 1e-4
        case "trainError", "testError": 0
        default: nil
        }
      }
    }

    /// That losses agree in two steps better than those of two wires do (which differ by 1e-5 there), and what packing has changed; later
    /// on, every number that falls to the other side of a rounding leads on to others.
    private func expectLikePacking(_ folder: TemporaryFolder, _ name: String, with expected: SmallRun) throws {
      try expectAgreement(folder, name, with: expected) { metric, step in
        switch metric {
        case "trainLoss": step <= 2 ? 2e-6 : 0.01
        case "wireError", "gradientNoise": step <= 2 ? 0.01 : nil
        case "testLoss", "weightNorm", "effectiveLearningRate": 0.01
        default: nil
        }
      }
    }

    /// A run in which the worker in Python takes part.
    private struct Training {
      let waiting: WaitingRun
      let members: [TareProcess]
      let client: PythonClient

      init(_ run: String, listen: String = "tcp://127.0.0.1:0", servers: Int, workers: Int, output: String) throws {
        waiting = try WaitingRun("\(run) --workers \(workers + 1) --servers \(servers)", listen: listen, output: output)
        let (server, worker) = (try waiting.printed("server"), try waiting.printed("worker"))
        members =
          try (0..<servers).map { _ in try server.start() } + (0..<workers).map { _ in try worker.start() }
        client = try PythonClient(
          script: "tare_worker.py", worker.arguments.dropFirst().map { $0 }, variables: worker.variables)
      }

      /// Requires that all end well.
      func finish() -> TareProcess.Ending {
        let ending = waiting.process.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        let left = client.finish()
        #expect(left.exitCode == 0 && left.output.isEmpty, "\(left.output)")
        for member in members { #expect(member.finish().exitCode == 0) }
        return ending
      }
    }

    private func alone(_ run: String, listen: String = "tcp://127.0.0.1:0", output: String) throws -> Training {
      try Training(run, listen: listen, servers: 1, workers: 0, output: output)
    }

    /// Beside a worker of Tare.
    private func mixed(_ run: String, output: String) throws -> Training {
      try Training("\(run) --allow-other-arithmetic", servers: 2, workers: 1, output: output)
    }

    @Test("trains a run alone, over encrypted TCP and over ipc, with the losses of a run without it")
    func alone() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn"))"
      let trainings = [
        try alone(run, output: folder.file("tcp")),
        try alone(run, listen: "ipc://\(folder.file("socket"))", output: folder.file("ipc")),
      ]
      let expected = try SmallRun("\(run) --workers 1", in: folder.file("expected"))
      for (training, name) in zip(trainings, ["tcp", "ipc"]) {
        _ = training.finish()
        try expectAgreement(folder, name, with: expected)
      }
    }

    @Test("trains beside a worker of Tare if the run allows it, which is recorded")
    func mixed() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn"))"
      let training = try mixed(run, output: folder.file("mixed"))
      let expected = try SmallRun("\(run) --workers 2 --servers 2", in: folder.file("expected"))
      _ = training.finish()
      try expectAgreement(folder, "mixed", with: expected)
      let record = try JSONSerialization.jsonObject(with: Data(folder.read("mixed/run.json"))) as? [String: Any]
      let change = try #require((record?["changes"] as? [String])?.first)
      #expect(change.contains("numpy") && change.contains("oneDNN") && change.contains("their bits differ"))
    }

    @Test("beside a worker of Tare, the bits depend on the places of both, and on nobody's speed")
    func speed() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn")) --workers 2 --allow-other-arithmetic"
      func weights(pythonFirst: Bool) throws -> String? {
        let waiting = try WaitingRun(run, output: folder.file("run-\(pythonFirst)"))
        let (server, printed) = (try waiting.printed("server").start(), try waiting.printed("worker"))
        func python() throws -> PythonClient {
          try PythonClient(
            script: "tare_worker.py", printed.arguments.dropFirst() + ["--rank", "1"], variables: printed.variables)
        }
        let early = pythonFirst ? try python() : nil
        if pythonFirst { _ = try #require(waiting.process.waitForError(containing: "worker 1 joined")) }
        let worker = try printed.start(["--rank", "0"])
        if pythonFirst { worker.slowDown() }
        let client = try early ?? python()
        let ending = waiting.process.finish()
        #expect(ending.exitCode == 0, "\(ending.errors)")
        #expect(client.finish().exitCode == 0)
        for member in [server, worker] { #expect(member.finish().exitCode == 0) }
        return try ending.weightsSHA256
      }
      #expect(try weights(pythonFirst: true) == weights(pythonFirst: false))
    }

    @Test("is refused beside a worker of Tare if the run does not allow it")
    func refused() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn"))"
      let training = try Training(run, servers: 1, workers: 1, output: folder.file("run"))
      let ending = training.waiting.process.finish()
      let left = training.client.finish()
      for member in training.members { _ = member.finish() }
      #expect(ending.exitCode == 69 && left.exitCode == 69)
      #expect(ending.errors.contains("compute different numbers from the same input"), "\(ending.errors)")
      #expect(left.output.contains("compute different numbers from the same input"))
    }

    @Test(
      "packs as a lossy wire asks for, alone and beside a worker of Tare", arguments: ["bfloat16", "float16", "int8"])
    func lossy(wire: String) throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn")) --wire \(wire)"
      let trainings = [
        try alone(run, output: folder.file("alone")), try mixed(run, output: folder.file("mixed")),
      ]
      // On a lossy wire, too, the bits do not depend on the numbers of workers and servers.
      let expected = try SmallRun("\(run) --workers 1", in: folder.file("expected"))
      for (training, name) in zip(trainings, ["alone", "mixed"]) {
        _ = training.finish()
        try expectLikePacking(folder, name, with: expected)
      }
    }

    @Test(
      "computes the microbatches of an asynchronous run, in step alone, and beside a worker of Tare each of them once")
    func asynchronous() throws {
      let folder = try data()
      let run = "\(Self.run) --data \(folder.file("mn")) --backup 1"
      let trainings = [
        try alone(run, output: folder.file("alone")), try mixed(run, output: folder.file("mixed")),
        try mixed("\(run) --staleness 2", output: folder.file("stale")),
      ]
      // With one microbatch in hand and no staleness, nothing is left to chance.
      let expected = try SmallRun("\(run) --workers 1", in: folder.file("expected"))
      for training in trainings {
        // Each of eight steps is made of two microbatches of four samples, each counted once.
        let ending = training.finish()
        #expect(try ending.json["samplesUsed"] as? Int == 8 * 2 * 4)
        let staleness = try #require(try ending.json["staleness"] as? [String: Any])
        #expect((staleness["counts"] as? [Int])?.reduce(0, +) == 8 * 2)
      }
      try expectAgreement(folder, "alone", with: expected)
    }

    @Test("decodes every recorded frame, and computes every recorded number")
    func vectors() throws {
      let ending = try PythonClient(script: "check_vectors.py").finish()
      #expect(ending.exitCode == 0, "\(ending.output)")
      #expect(ending.output.contains(" frames and "))
    }

    @Test("its checks of a worker of any make hold for it, and for Tare's own", arguments: [true, false])
    func conformance(isOwn: Bool) throws {
      let folder = try data()
      let program = DocumentedCommand.repository.appending(path: "cluster/python/tare_worker.py").path
      let words =
        isOwn
        ? ["--", TareProcess.executable.path, "worker"]
        : ["--data", folder.file("mn"), "--", try #require(PythonClient.python), program]
      let ending = try PythonClient(script: "conformance.py", words + ["--join", "{endpoint}"]).finish()
      #expect(ending.exitCode == 0 && ending.output.hasSuffix("all rules hold\n"), "\(ending.output)")
    }
  }
}
