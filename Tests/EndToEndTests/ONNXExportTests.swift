import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Export to ONNX")
  struct ONNXExportTests {
    /// An interpreter with onnx and onnxruntime: `TARE_ONNX_PYTHON`, or else `python3`.
    private static let python = PythonProgram.interpreter("TARE_ONNX_PYTHON", importing: "onnx, onnxruntime, numpy")

    /// Each kind of layer, and each way in which a shortcut's extents can differ.
    private static let listed = """
      network: [conv 8 kernel=5 stride=2, norm, gelu, save a-b, conv 8, save a_b, norm, add a-b, relu, add a_b, save x,
        conv 12 stride=2, weightNorm, relu, conv 12, groupNorm 4, add x, rmsNorm, averagePool 2, dropout 0.5, save y,
        maxPool 3 stride=1 padding=1, add y, globalAveragePool, flatten, dense 12, layerNorm, relu, batchNorm, dense 12,
        batchNorm, dense classes]

      """

    private static let program = """
      import json, struct, sys
      import numpy, onnx, onnxruntime
      model = onnx.load(sys.argv[1])
      onnx.checker.check_model(model, full_check=True)
      def part(name, dimensions):
          content = open(sys.argv[2] + "/" + name, "rb").read()
          extents = struct.unpack(">" + "I" * dimensions, content[4:4 + 4 * dimensions])
          return numpy.frombuffer(content[4 + 4 * dimensions:], dtype=numpy.uint8).reshape(extents)
      images, labels = part("t10k-images-idx3-ubyte", 3)[:, None], part("t10k-labels-idx1-ubyte", 1)
      scores, = onnxruntime.InferenceSession(sys.argv[1]).run(None, {"images": images})
      wide = scores.astype(numpy.float64)
      wide -= wide.max(axis=1, keepdims=True)
      losses = numpy.log(numpy.exp(wide).sum(axis=1)) - wide[numpy.arange(len(labels)), labels]
      print(json.dumps({
          "loss": losses.mean(), "error": (scores.argmax(axis=1) != labels).mean(), "scores": scores.tolist(),
          "operators": sorted({node.op_type for node in model.graph.node}),
          "properties": {entry.key: entry.value for entry in model.metadata_props}}))
      """

    private struct Found: Decodable {
      let loss, error: Double
      let scores: [[Double]]
      let operators: [String]
      let properties: [String: String]
    }

    @Test(
      "ONNX's checker accepts it, and onnxruntime finds the same test loss and error, folded or not",
      .enabled(if: python != nil, "no Python with onnx and onnxruntime: give one in TARE_ONNX_PYTHON"),
      arguments: ["batch", "weight", "layer", "group", "rms", "none", "list"])
    func agrees(normalization: String) throws {
      let run = try RunOnFiles(plan: RunOnFiles.plan(normalization, list: Self.listed))
      let found = try [[], ["--fold"]].map { fold in
        let path = run.file("onnx\(fold.count)")
        let ending = try TareProcess(["export", "--onnx", run.folder, "--output", path] + fold).finish()
        #expect(ending.exitCode == 0 && ending.output == "\(path)/model.onnx\n", "\(ending.errors)")
        let output = try PythonProgram.run(try #require(Self.python), Self.program, ["\(path)/model.onnx", run.data])
        return try JSONDecoder().decode(Found.self, from: Data(output.output.utf8))
      }
      for found in found {
        #expect(abs(found.loss - run.record.result.testLoss) < 1e-5 && found.error == run.record.result.testError)
        #expect(found.properties["classes"]?.hasPrefix("0,1,2") == true && found.properties["mean"] != nil)
      }
      let differences = zip(found[0].scores.joined(), found[1].scores.joined()).map { abs($0 - $1) }
      #expect(try #require(differences.max()) < 1e-4)
      let normalizers = ["BatchNormalization", "ReduceL2"].filter(found[1].operators.contains)
      // What does not follow a layer directly cannot be folded.
      #expect(normalizers == (normalization == "list" ? ["BatchNormalization"] : []))
    }

    @Test("without a run's end or with a flag that means nothing nothing is written")
    func refusals() throws {
      let folder = try TemporaryFolder()
      #expect(try TareProcess(["export", "--fold", "--torch", folder.path]).finish().exitCode == 64)
      #expect(try TareProcess(["export", "--onnx", folder.path]).finish().exitCode == 64)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
