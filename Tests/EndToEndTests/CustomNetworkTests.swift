import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Networks of a plan")
  struct CustomNetworkTests {
    private static let lines = [
      "conv 8", "relu", "batchNorm", "maxPool 2", "conv 8", "groupNorm 2", "dropout 0.5", "flatten", "dense classes",
    ]

    private static func plan(in folder: TemporaryFolder, _ lines: [String] = lines) throws -> String {
      let text = "network:\n" + lines.map { "  - \($0)\n" }.joined() + "steps: 6\nbatch: 64\ndataset.limit: 640\n"
      return try folder.write(Array(text.utf8), to: "plan.yaml")
    }

    @Test("a listed network trains to the same bits whoever computes it, and its record trains it again")
    func trains() throws {
      let folder = try TemporaryFolder()
      let plan = try Self.plan(in: folder)
      let common = ["--progress", "none"]
      let first = try TareProcess(["train", plan, "--output", folder.file("a"), "--workers", "1"] + common).finish()
      let second = try TareProcess(
        ["train", plan, "--output", folder.file("b"), "--workers", "2", "--launcher", "threads"] + common
      ).finish()
      let third = try TareProcess(["train", folder.file("a/run.json"), "--output", folder.file("c")] + common).finish()
      let hashes = [first, second, third].map { $0.output.firstMatch(of: /weights SHA-256 ([0-9a-f]{64})/)?.1 }
      #expect(hashes[0] != nil && Set(hashes).count == 1, "\(first.errors)\(second.errors)\(third.errors)")
    }

    @Test("what network show prints is a plan of the same network")
    func show() throws {
      let folder = try TemporaryFolder()
      let shown = try TareProcess(["network", "show", try Self.plan(in: folder)]).finish()
      #expect(shown.exitCode == 0 && shown.output.contains(/- conv 8 +# 8×32×32, conv1: 224 parameters/))
      let again = try folder.write(Array(shown.output.utf8), to: "again.yaml")
      #expect(try TareProcess(["network", "show", again]).finish().output == shown.output)
    }

    @Test("the audit says what is invariant, and that the loss agrees")
    func audit() throws {
      struct Audit: Decodable {
        struct Tensor: Decodable { let name, invariant: String, l2, changeAtSmallEpsilon: Double }
        let tensors: [Tensor]
        let isContradicted: Bool
      }
      let folder = try TemporaryFolder()
      let plan = try Self.plan(in: folder)
      let ending = try TareProcess(["audit", plan, "--json", "--set", "l2=0.01"]).finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      let audit = try JSONDecoder().decode(Audit.self, from: Data(ending.output.utf8))
      #expect(!audit.isContradicted)
      let found = Dictionary(uniqueKeysWithValues: audit.tensors.map { ($0.name, $0) })
      #expect(found["conv1.weight"]?.invariant == "jointly with conv1.bias")
      #expect(found["conv2.weight"]?.invariant == "groups of 4 filters" && found["conv2.weight"]?.l2 == 0.01)
      #expect(found["head.weight"]?.invariant == "no")
      #expect(try #require(found["head.weight"]).changeAtSmallEpsilon > 1e-6)
      let table = try TareProcess(["audit", plan, "--set", "l2=0.01"]).finish().output
      #expect(table.contains("0.01: shrinks it beside conv1.bias") && table.contains("0.01: sets the effective rate"))
    }

    @Test(
      "a layer that does not fit ends with its line and 64",
      arguments: [
        (["conv 8", "maxPool 99", "flatten", "dense classes"], "layer 2 \"maxPool 99\""),
        (["conv 8", "dense classes"], "layer 2 \"dense classes\": a dense layer reads a flat vector"),
        (["cnov 8"], "layer \"cnov\" is unknown; did you mean \"conv\"?"),
      ])
    func misfit(lines: [String], words: String) throws {
      let folder = try TemporaryFolder()
      let plan = try Self.plan(in: folder, lines)
      for command in [["train", plan, "--output", folder.file("run")], ["network", "show", plan], ["audit", plan]] {
        let ending = try TareProcess(command).finish()
        #expect(ending.exitCode == 64 && ending.errors.contains(words), "\(command): \(ending.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
    }
  }
}
