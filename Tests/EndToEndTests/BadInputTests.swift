import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What cannot be run: one sentence, the exit code of its kind, and nothing left behind.
  @Suite("Bad input")
  struct BadInput {
    struct Row: Sendable, CustomTestStringConvertible {
      let arguments: String
      let exitCode: Int32
      let words: [String]

      init(_ arguments: String, _ exitCode: Int32, _ words: String...) {
        self.arguments = arguments
        self.exitCode = exitCode
        self.words = words
      }

      var testDescription: String { arguments }
    }

    private static let usage = [
      Row("--network conv33", 64, "network.preset", "\"conv33\"", "\"conv3\""),
      Row("--optimizer nestrov", 64, "optimizer.name", "\"nestrov\"", "\"nesterov\""),
      Row("--set optimizer.nmae=sgd", 64, "\"optimizer.nmae\"", "\"optimizer.name\""),
      Row("--learning-rte 1", 64, "--learning-rte", "--learning-rate"),
      Row("--lr nan", 64, "optimizer.learningRate is nan", "above 0"),
      Row("--lr -0.1", 64, "optimizer.learningRate is -0.1", "above 0"),
      Row("--lr 0", 64, "optimizer.learningRate is 0", "above 0"),
      Row("--batch 100", 64, "batch is 100", "microbatch 32", "96 or 128"),
      Row("--workers 3 --threads 2", 64, "3 × 2 = 6", "4 microbatches", "at most 4"),
      Row("--steps 1 --epochs 1", 64, "steps is 1", "epochs is 1"),
      Row("--dataset cifar-10", 64, "--data", "cifar-10"),
      Row("/nowhere/plan.yaml", 64, "/nowhere/plan.yaml"),
      Row("--launcher none --listen nowhere", 64, "execution.listen", "nowhere", "tcp://ADDRESS:PORT"),
      Row("--launcher none --listen tcp://no-such-host.invalid:0", 64, "no-such-host.invalid", "IPv4"),
    ]

    private static let addresses = [
      Row("--launcher none --listen tcp://203.0.113.1:0", 69, "203.0.113.1"),
      Row("--launcher none --listen ipc:///nowhere/socket", 69, "/nowhere/socket"),
    ]

    @Test("in spec, plan, flags and addresses", arguments: usage + addresses)
    func refused(row: Row) throws { try expectRefusal(row.arguments, row) }

    @Test("a command that does not exist")
    func command() throws {
      let ending = try TareProcess.run(["trian"])
      #expect(ending.exitCode == 64)
      #expect(ending.errors == "tare: \(ending.errors.dropFirst(6))" && ending.errors.contains("\"train\""))
    }

    /// What is wrong with one file of an otherwise good folder.
    struct BadFile: Sendable, CustomTestStringConvertible {
      let dataset: String
      let name: String
      let bytes: [UInt8]?
      let words: [String]
      var testDescription: String { words.joined(separator: ", ") }
    }

    private static let files = [
      BadFile(
        dataset: "cifar-10", name: "data_batch_1.bin", bytes: Samples.cifar(count: 4) + [0],
        words: ["data_batch_1.bin has 12293 bytes", "multiple of 3073"]),
      BadFile(
        dataset: "cifar-10", name: "test_batch.bin", bytes: Samples.cifar(count: 4, lastLabel: 10),
        words: ["test_batch.bin has label 10 in record 3", "0 to 9"]),
      BadFile(dataset: "cifar-10", name: "data_batch_1.bin", bytes: [], words: ["data_batch_1.bin"]),
      BadFile(
        dataset: "cifar-10", name: "data_batch_1.bin", bytes: nil, words: ["no training part", "data_batch_1.bin"]),
      BadFile(
        dataset: "mnist", name: "train-images-idx3-ubyte", bytes: Samples.images(count: 4, magic: 2052),
        words: ["train-images-idx3-ubyte begins with magic number 2052", "2051"]),
      BadFile(
        dataset: "mnist", name: "train-images-idx3-ubyte", bytes: Samples.images(count: 4, claiming: 5),
        words: ["train-images-idx3-ubyte has 3152 bytes", "16 + 3920"]),
      BadFile(
        dataset: "mnist", name: "t10k-labels-idx1-ubyte", bytes: Samples.labels(count: 3),
        words: ["4 images", "t10k-labels-idx1-ubyte 3 labels"]),
      BadFile(
        dataset: "mnist", name: "train-labels-idx1-ubyte", bytes: Samples.gzippedLabels.dropLast(12) + [],
        words: ["train-labels-idx1-ubyte is truncated"]),
      BadFile(
        dataset: "fashion-mnist", name: "t10k-images-idx3-ubyte", bytes: nil,
        words: ["neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz"]),
    ]

    @Test("in data files", arguments: files)
    func damaged(file: BadFile) throws {
      let data = try TemporaryFolder()
      let good = file.dataset == "cifar-10" ? Samples.cifarFolder : Samples.mnistFolder
      for (name, bytes) in good where name != file.name { try data.write(bytes, to: name) }
      if let bytes = file.bytes { try data.write(bytes, to: file.name) }
      try expectRefusal(
        "--dataset \(file.dataset) --data \(data.path) --batch 4 --microbatch 2 --steps 1 --set dataset.limit=0",
        exitCode: 65, words: file.words)
    }

    @Test("the same folders without damage are fine", arguments: ["cifar-10", "mnist"])
    func undamaged(dataset: String) throws {
      let folder = try TemporaryFolder()
      let files = dataset == "cifar-10" ? Samples.cifarFolder : Samples.mnistFolder
      for (name, bytes) in files { try folder.write(bytes, to: name) }
      let run = try SmallRun(
        "--dataset \(dataset) --data \(folder.path) --network mlp --batch 4 --microbatch 2 --steps 1 "
          + "--set dataset.limit=0", in: folder.file("run"))
      let found = try #require(run.record["dataFiles"] as? [[String: Any]])
      #expect(Set(found.compactMap { $0["path"] as? String }) == Set(files.keys.map(folder.file)))
    }

    @Test("a data folder that is not there")
    func noData() throws {
      try expectRefusal(
        "--dataset cifar-10 --data /nowhere", exitCode: 65, words: ["dataset.path /nowhere", "cifar-10"])
    }

    @Test("an output folder that can't be written")
    func unwritable() throws {
      let folder = try TemporaryFolder()
      try folder.write([1], to: "file")
      for output in ["\(folder.file("file"))/run", "/proc/run"] {
        let ending = try TareProcess.run(SmallRun.arguments("--steps 1", output: output))
        expectSentence(ending, exitCode: 74, words: [output])
      }
      #expect(try folder.names == ["file"])
    }

    @Test("an output folder that holds something already")
    func occupied() throws {
      let folder = try TemporaryFolder()
      let run = try SmallRun("--network mlp --steps 1", in: folder.file("run"))
      let before = try run.file("run.json")
      let again = try TareProcess.run(SmallRun.arguments("--steps 1", output: run.folder))
      expectSentence(again, exitCode: 64, words: [run.folder, "already holds a run"])
      #expect(try run.file("run.json") == before)
    }

    @Test(
      "numbers that stop being finite end the run by step and layer",
      arguments: [
        ("--lr 1e30 --steps 6", ["step 2", "dense1"]),
        // One step, which leaves finite weights and activations whose products are not.
        (
          "--steps 1 --set groups.head.learningRate=1e36 --set groups.gammaBeta.learningRate=1e12",
          ["after step 1", "test loss is not finite"]
        ),
      ])
    func diverged(arguments: String, words: [String]) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        SmallRun.arguments(
          "--network mlp --microbatch 16 --progress none \(arguments)", output: folder.file("run")))
      #expect(try ending.json["status"] as? String == "diverged")
      expectSentence(
        TareProcess.Ending(exitCode: ending.exitCode, output: "", errors: ending.errors), exitCode: 65, words: words)
      let record = try JSONSerialization.jsonObject(with: Data(folder.read("run/run.json"))) as? [String: Any]
      #expect(record?["status"] as? String == "diverged")
      #expect(try !folder.read("run/weights/initial.safetensors").isEmpty)
      #expect(try !folder.read("run/metrics.csv").isEmpty)
    }

    private func expectRefusal(_ arguments: String, _ row: Row, _ location: SourceLocation = #_sourceLocation) throws {
      try expectRefusal(arguments, exitCode: row.exitCode, words: row.words, location)
    }

    private func expectRefusal(
      _ arguments: String, exitCode: Int32, words: [String], _ location: SourceLocation = #_sourceLocation
    ) throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(SmallRun.arguments(arguments, output: folder.file("a/run")), location)
      expectSentence(ending, exitCode: exitCode, words: words, location)
      #expect(try folder.names == [], "a folder is left", sourceLocation: location)
    }

    /// Nothing on stdout, and on stderr one line.
    private func expectSentence(
      _ ending: TareProcess.Ending, exitCode: Int32, words: [String], _ location: SourceLocation = #_sourceLocation
    ) {
      #expect(ending.exitCode == exitCode, "\(ending.errors)", sourceLocation: location)
      #expect(ending.output.isEmpty, sourceLocation: location)
      #expect(
        ending.errors.hasPrefix("tare: ") && ending.errors.firstIndex(of: "\n") == ending.errors.indices.last,
        "\(ending.errors)", sourceLocation: location)
      for word in words { #expect(ending.errors.contains(word), "\(ending.errors)", sourceLocation: location) }
    }
  }
}
