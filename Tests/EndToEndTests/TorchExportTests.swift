import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Export to PyTorch")
  struct TorchExportTests {
    /// An interpreter with PyTorch and safetensors: `TARE_TORCH_PYTHON`, or else `python3`.
    private static let python = PythonProgram.interpreter("TARE_TORCH_PYTHON", importing: "torch, safetensors")

    /// PyTorch has weight norm as a parametrization from version 2.1 on.
    private static let hasWeightNorm = python.map {
      (try? PythonProgram.run($0, "from torch.nn.utils.parametrizations import weight_norm"))?.status == 0
    }

    /// Each kind of layer, and each way in which a shortcut's extents can differ.
    private static let listed = """
      network: [conv 8 kernel=5 stride=2, norm, gelu, save a-b, conv 8, save a_b, norm, add a-b, relu, add a_b, save x, conv 12 stride=2, weightNorm,
        relu, conv 12, groupNorm 4, add x, rmsNorm, averagePool 2, dropout 0.5, save y, maxPool 3 stride=1 padding=1, add y, flatten, dense 12,
        layerNorm, relu, dense classes]

      """

    @Test("the module is Python that compiles, beside its weights; without a format or weights nothing is written")
    func writes() throws {
      let folder = try TemporaryFolder()
      let run = folder.file("run")
      let plan = try folder.write(Array(Self.listed.utf8), to: "plan.yaml")
      try #require(try TareProcess(["train", plan, "--output", run] + RunOnFiles.settings).finish().exitCode == 0)
      #expect(try TareProcess(["export", run]).finish().exitCode == 64)
      let ending = try TareProcess(["export", "--torch", run]).finish()
      #expect(ending.exitCode == 0 && ending.output == "\(run)/torch/model.py\n\(run)/torch/model.safetensors\n")
      let compiled = try PythonProgram.run(
        "python3", "import ast, sys; ast.parse(open(sys.argv[1], encoding='utf-8').read())", [run + "/torch/model.py"])
      #expect(compiled.status == 0)
      let again = try TareProcess(["export", "--torch", run]).finish()
      #expect(again.exitCode == 74 && again.errors.contains("has a model.py already"))
      try FileManager.default.removeItem(atPath: run + "/weights/final.safetensors")
      let refused = try TareProcess(["export", "--torch", run, "--output", folder.file("other")]).finish()
      #expect(refused.exitCode == 74 && refused.errors.contains("is without final weights"))
      #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
    }

    @Test(
      "PyTorch loads it strictly and finds the same test loss and error",
      .enabled(if: python != nil, "no Python with torch and safetensors: give one in TARE_TORCH_PYTHON"),
      arguments: ["batch", "layer", "group", "rms", "none", "list"])
    func agrees(normalization: String) throws {
      try expectAgreement(normalization, list: Self.listed.replacing("weightNorm", with: "norm"))
    }

    @Test(
      "the same of weight norm",
      .enabled(if: hasWeightNorm == true, "no Python with PyTorch 2.1 and safetensors: give one in TARE_TORCH_PYTHON"),
      arguments: ["weight", "list"])
    func weightNorm(normalization: String) throws { try expectAgreement(normalization, list: Self.listed) }

    private func expectAgreement(_ normalization: String, list: String) throws {
      let run = try RunOnFiles(plan: RunOnFiles.plan(normalization, list: list))
      try #require(try TareProcess(["export", "--torch", run.folder]).finish().exitCode == 0)
      let program = """
        import json, struct, sys
        sys.path.insert(0, sys.argv[1] + "/torch")
        import torch, model
        def part(name, dimensions):
            content = open(sys.argv[2] + "/" + name, "rb").read()
            extents = struct.unpack(">" + "I" * dimensions, content[4:4 + 4 * dimensions])
            return torch.frombuffer(bytearray(content[4 + 4 * dimensions:]), dtype=torch.uint8).reshape(extents)
        images, labels = part("t10k-images-idx3-ubyte", 3)[:, None], part("t10k-labels-idx1-ubyte", 1).long()
        with torch.no_grad():
            scores = model.load()(model.standardized(images))
        loss = torch.nn.functional.cross_entropy(scores.double(), labels).item()
        print(loss, (scores.argmax(1) != labels).double().mean().item())
        """
      let found = try PythonProgram.run(try #require(Self.python), program, [run.folder, run.data])
      let numbers = found.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
      try #require(found.status == 0 && numbers.count == 2, "\(found.output)")
      let module = try String(contentsOfFile: run.folder + "/torch/model.py", encoding: .utf8)
      #expect(module.contains("MEAN = \(run.record.inputs.standardization.mean)"))
      #expect(abs(numbers[0] - run.record.result.testLoss) < 1e-5 && numbers[1] == run.record.result.testError)
    }
  }
}
