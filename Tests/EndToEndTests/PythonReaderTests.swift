import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Python's readers of a run")
  struct PythonReaderTests {
    private static let python = PythonProgram.interpreter(
      "TARE_PYTHON_CLIENT", importing: "numpy, pandas, safetensors.numpy")

    /// One call reads each file; the rest of the program compares what the two say.
    private static let program = """
      import json, sys
      import numpy, pandas
      from safetensors.numpy import load_file
      run = sys.argv[1]
      metrics = pandas.read_csv(run + "/metrics.csv")
      weights = load_file(run + "/weights/initial.safetensors")
      norms = metrics.query("step == 1 and layer == 'dense1' and metric == 'weightNorm' and statistic == 'p50'")
      print(json.dumps({
          "columns": {name: str(kind) for name, kind in metrics.dtypes.items()},
          "recorded": norms.value.item(),
          "computed": float(numpy.median(numpy.linalg.norm(weights["dense1.weight"].astype(float), axis=1))),
          "error": metrics.query("metric == 'testError'").value.iloc[-1],
          "shape": weights["dense1.weight"].shape}))
      """

    @Test(
      "pandas reads the metrics and NumPy the weights, each with one call, and they agree",
      .enabled(if: python != nil, "no Python with numpy, pandas and safetensors: give one in TARE_PYTHON_CLIENT"))
    func reads() throws {
      let folder = try TemporaryFolder()
      let run = folder.file("run")
      let trained = try TareProcess([
        "train", "--network", "mlp", "--steps", "4", "--set", "execution.metricsEvery=1", "--set", "dataset.limit=256",
        "--output", run, "--progress", "none", "--json",
      ]).finish()
      struct Result: Decodable { let testError: Double }
      let result = try JSONDecoder().decode(Result.self, from: Data(trained.output.utf8))
      let read = try PythonProgram.run(try #require(Self.python), Self.program, [run])
      struct Found: Decodable {
        let columns: [String: String]
        let recorded, computed, error: Double
        let shape: [Int]
      }
      let found = try JSONDecoder().decode(Found.self, from: Data(read.output.utf8))
      #expect(Set(found.columns.keys) == ["step", "layer", "metric", "statistic", "value"])
      #expect(found.columns["step"] == "int64" && found.columns["value"] == "float64")
      #expect(abs(found.computed / found.recorded - 1) < 1e-6)
      #expect(found.error == result.testError && found.shape == [128, 3072])
    }

    @Test(
      "the weights say what their images were standardized with",
      .enabled(if: python != nil, "no Python with numpy, pandas and safetensors: give one in TARE_PYTHON_CLIENT"))
    func standardization() throws {
      let run = try RunOnFiles(plan: "network: mlp\n")
      let program = """
        import json, sys
        from safetensors import safe_open
        metadata = safe_open(sys.argv[1] + "/weights/final.safetensors", "numpy").metadata()
        print(json.dumps({name: json.loads(metadata[name]) for name in ("inputMean", "inputDeviation")}))
        """
      let read = try PythonProgram.run(try #require(Self.python), program, [run.folder])
      let found = try JSONDecoder().decode([String: [Double]].self, from: Data(read.output.utf8))
      #expect(found["inputMean"] == run.record.inputs.standardization.mean)
      #expect(found["inputDeviation"] == run.record.inputs.standardization.deviation)
    }
  }
}
