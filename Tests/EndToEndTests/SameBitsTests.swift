import Foundation
import OneDNN
import TestSupport
import Testing

extension EndToEnd {
  /// Workers, servers, threads, transport and launcher leave every bit of weights and metrics as it is.
  @Suite("Same bits")
  struct SameBits {
    private static let conv3 = "--network conv3 --optimizer adam --steps 4"

    @Test(
      "one hash and one metrics.csv",
      arguments: [
        // 8 microbatches, and 7: a tree that is no perfect one.
        ("--network mlp --steps 6 --batch 128 --microbatch 16", many),
        ("--network mlp --steps 6 --batch 112 --microbatch 16", many),
        ("\(conv3) --batch 128 --microbatch 32", few), ("\(conv3) --batch 112 --microbatch 16", few),
        ("--network mlp --steps 4 --batch 112 --microbatch 16 --precision double", few),
        ("--network mlp --steps 4 --batch 112 --microbatch 16 --backend reference", few),
      ])
    func oneHash(run: String, processes: [String]) throws { try expectOneHash(run, processes) }

    @Test(
      "in bfloat16, too, and they are other bits than in float",
      .enabled(if: Library.hasBFloat16, "this processor has no instructions for bfloat16"))
    func bfloat16() throws {
      try expectOneHash("\(Self.conv3) --batch 112 --microbatch 16 --precision bfloat16", Self.few)
      let folder = try TemporaryFolder()
      let hashes = try ["float", "bfloat16"].map {
        try SmallRun("--network mlp --steps 2 --precision \($0)", in: folder.file($0)).ending.weightsSHA256
      }
      #expect(hashes[0] != hashes[1])
    }

    @Test("on lossy wires, too, which say what they cost", arguments: ["bfloat16", "float16", "int8"])
    func wires(format: String) throws {
      let run = "--network mlp --steps 6 --batch 112 --microbatch 16 --set execution.metricsEvery=3"
      try expectOneHash("\(run) --wire \(format)", Self.few + ["--workers 3 --servers 3"])
      let folder = try TemporaryFolder()
      let (plain, lossy) = (
        try SmallRun(run, in: folder.file("plain")), try SmallRun("\(run) --wire \(format)", in: folder.file("lossy"))
      )
      #expect(try plain.ending.weightsSHA256 != lossy.ending.weightsSHA256)
      func errors(_ run: SmallRun) throws -> [Double?] {
        String(decoding: try run.file("metrics.csv"), as: UTF8.self).split(separator: "\n")
          .filter { $0.contains(",wireError") }.map { Double($0.split(separator: ",").last ?? "") }
      }
      #expect(try errors(plain).isEmpty)
      // Of gradients and weights, in both windows, of each layer.
      let found = try errors(lossy)
      #expect(found.count >= 8 && found.count.isMultiple(of: 4), "\(found)")
      #expect(found.allSatisfy { ($0 ?? 0) > 1e-7 && ($0 ?? 1) < 0.2 }, "\(found)")
    }

    @Test("where the instruction set has no bfloat16, it is refused in one sentence, and no folder is made")
    func noBFloat16() throws {
      let folder = try TemporaryFolder()
      let ending = try TareProcess.run(
        SmallRun.arguments("--network mlp --steps 2 --precision bfloat16 --isa x86-64-v3", output: folder.file("run")))
      #expect(ending.exitCode == 69)
      #expect(
        ending.errors.contains(
          "precision is \"bfloat16\", for which this processor has no instructions with isa x86-64-v3"),
        "\(ending.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
      // The reference needs none.
      let reference = try SmallRun(
        "--network mlp --steps 2 --precision bfloat16 --isa x86-64-v3 --backend reference", in: folder.file("reference")
      )
      #expect(reference.ending.exitCode == 0)
    }

    private func expectOneHash(_ run: String, _ processes: [String]) throws {
      let folder = try TemporaryFolder()
      let first = try SmallRun("\(run) --workers 1", in: folder.file("first"))
      #expect(try PlainSafeTensors(first.file("weights/final.safetensors")).sha256 == first.ending.weightsSHA256)
      for (index, options) in processes.enumerated() {
        let other = try SmallRun("\(run) \(options)", in: folder.file("\(index)"))
        #expect(try other.ending.weightsSHA256 == first.ending.weightsSHA256, "\(options)")
        for file in ["metrics.csv", "weights/initial.safetensors", "weights/final.safetensors"] {
          #expect(try other.file(file) == first.file(file), "\(file) of \(options)")
        }
      }
    }

    /// Every pair of (workers, servers, threads, transport) values in some run, and one run twice; mlp's first layer is large enough
    /// for two threads of a server.
    private static let many = [
      "--workers 1", "--workers 2 --servers 2 --transport tcp",
      "--workers 3 --servers 1 --threads 2 --server-threads 2",
      "--workers 4 --servers 2 --launcher threads", "--workers 1 --servers 2 --threads 2 --launcher threads",
      "--workers 2 --threads 2 --launcher threads", "--workers 3 --servers 2 --transport tcp",
    ]
    private static let few = [
      "--workers 4 --servers 2 --server-threads 3", "--workers 2 --servers 2 --threads 2 --launcher threads",
      "--workers 3 --transport tcp --server-threads 2",
    ]

    @Test("the seed, the optimizer and the batch do change the bits")
    func different() throws {
      let folder = try TemporaryFolder()
      let runs = ["", "--seed 2", "--optimizer sgd --lr 0.02", "--batch 112 --microbatch 16", "--init-scale 2"]
      let hashes = try runs.enumerated().map { index, options in
        try SmallRun("--network mlp --steps 2 \(options)", in: folder.file("\(index)")).ending.weightsSHA256
      }
      #expect(Set(hashes).count == runs.count)
    }
  }
}
