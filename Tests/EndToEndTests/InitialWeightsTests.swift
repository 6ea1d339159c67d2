import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Runs that begin with given weights")
  struct InitialWeightsTests {
    private static let common = [
      "--network", "mlp", "--steps", "4", "--batch", "64", "--set", "dataset.limit=256", "--progress", "none",
    ]

    private static func train(_ folder: TemporaryFolder, _ name: String, _ more: [String]) throws -> TareProcess.Ending
    {
      try TareProcess(["train", "--output", folder.file(name)] + common + more).finish()
    }

    private static func hash(_ ending: TareProcess.Ending) -> Substring? {
      ending.output.firstMatch(of: /weights SHA-256 ([0-9a-f]{64})/)?.1
    }

    @Test("with the weights that the seed gives, from a file, a run is the same run, on any number of servers")
    func same() throws {
      let folder = try TemporaryFolder()
      let drawn = try Self.train(folder, "drawn", [])
      let file = folder.file("drawn/weights/initial.safetensors")
      let given = try Self.train(folder, "given", ["--initial-weights", file])
      let parts = try Self.train(
        folder, "parts", ["--initial-weights", file, "--servers", "2", "--launcher", "threads"])
      #expect(
        Self.hash(drawn) != nil && Set([drawn, given, parts].map(Self.hash)).count == 1,
        "\(given.errors)\(parts.errors)")
    }

    @Test("weights with PyTorch's names begin a run, running statistics too", arguments: ["batch", "weight", "rms"])
    func torch(normalization: String) throws {
      let folder = try TemporaryFolder()
      let more = ["--normalization", normalization]
      try #require(try Self.train(folder, "first", more).exitCode == 0)
      try #require(try TareProcess(["export", "--torch", folder.file("first")]).finish().exitCode == 0)
      let exported = folder.file("first/torch/model.safetensors")
      let second = try Self.train(folder, "second", more + ["--initial-weights", exported])
      #expect(second.exitCode == 0, "\(second.errors)")
      let (end, start) = try (
        Data(contentsOf: URL(fileURLWithPath: folder.file("first/weights/final.safetensors"))),
        Data(contentsOf: URL(fileURLWithPath: folder.file("second/weights/initial.safetensors")))
      )
      // Headers may differ in what they say of the step; the tensors are all of the rest.
      let length = try #require(
        ["first/weights/final", "second/weights/initial"].map { name in
          (try? Data(contentsOf: URL(fileURLWithPath: folder.file(name + ".safetensors"))).prefix(8)).map {
            $0.reversed().reduce(0) { $0 << 8 | Int($1) }
          }
        }.compactMap(\.self).first)
      #expect(end.count == start.count && end.dropFirst(8 + length) == start.dropFirst(8 + length))
    }

    @Test("another network's file and one that has changed are refused in one sentence")
    func refused() throws {
      let folder = try TemporaryFolder()
      try #require(try Self.train(folder, "mlp", []).exitCode == 0)
      let file = folder.file("mlp/weights/final.safetensors")
      let other = try Self.train(folder, "other", ["--initial-weights", file, "--network", "conv3"])
      #expect(other.exitCode == 65 && other.errors.contains("has no tensor conv1.weight"), "\(other.errors)")
      let missing = try Self.train(folder, "missing", ["--initial-weights", folder.file("none")])
      #expect(missing.exitCode == 64 && missing.errors.contains("can't be used"), "\(missing.errors)")
      let copy = folder.file("copy.safetensors")
      try FileManager.default.copyItem(atPath: file, toPath: copy)
      try #require(try Self.train(folder, "run", ["--initial-weights", copy]).exitCode == 0)
      try FileManager.default.removeItem(atPath: copy)
      let resume = ["train", "--resume", folder.file("run"), "--steps", "8", "--progress", "none"]
      let gone = try TareProcess(resume).finish()
      #expect(
        gone.exitCode == 65 && gone.errors.contains("initialWeights \"\(copy)\", which is gone"),
        "\(gone.errors)")
      try FileManager.default.copyItem(atPath: folder.file("mlp/weights/initial.safetensors"), toPath: copy)
      let resumed = try TareProcess(resume).finish()
      #expect(
        resumed.exitCode == 65 && resumed.errors.contains("initialWeights \(copy) has changed"), "\(resumed.errors)")
    }
  }
}
