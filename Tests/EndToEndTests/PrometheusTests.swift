import Foundation
import TestSupport
import Testing

private let prometheusPython = PythonProgram.interpreter("TARE_PYTHON_CLIENT", importing: "prometheus_client")

extension EndToEnd {
  /// What the parser of Prometheus's own Python client reads at `/metrics`.
  @Suite(
    "Prometheus",
    .enabled(if: prometheusPython != nil, "no Python with prometheus_client, in TARE_PYTHON_CLIENT or as python3"))
  struct Prometheus {
    private struct Family: Decodable {
      let type: String
      let help: String
      let samples: [Sample]
    }

    private struct Sample: Decodable {
      let name: String
      let labels: [String: String]
      let value: Double
    }

    /// The families by name.
    private func families(_ answer: PlainHTTP) throws -> [String: Family] {
      #expect(answer.status == 200 && answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let folder = try TemporaryFolder()
      try folder.write(Array(answer.body), to: "metrics")
      let program = """
        import json, sys
        from prometheus_client.parser import text_string_to_metric_families as parse
        found = list(parse(open(sys.argv[1]).read()))
        assert len({f.name for f in found}) == len(found)
        print(json.dumps({f.name: {'type': f.type, 'help': f.documentation, 'samples': [
          {'name': s.name, 'labels': s.labels, 'value': s.value} for s in f.samples]} for f in found}))
        """
      let (status, output) = try PythonProgram.run(
        try #require(prometheusPython), program, [folder.file("metrics")])
      try #require(status == 0, "\(answer.text)")
      let families = try JSONDecoder().decode([String: Family].self, from: Data(output.utf8))
      #expect(families.values.allSatisfy { !$0.help.isEmpty && $0.type != "unknown" && !$0.samples.isEmpty })
      let samples = families.values.flatMap(\.samples).map { "\($0.name) \($0.labels.sorted { $0.key < $1.key })" }
      #expect(Set(samples).count == samples.count, "a sample comes twice")
      return families
    }

    private static let run =
      "--network mlp --lr 0.03 --batch 64 --microbatch 16 --workers 2 --progress plain --set execution.evaluateEvery=4"

    @Test("a run that trains serves its steps, pace, members and layers, and the numbers agree with one another")
    func live() throws {
      let folder = try TemporaryFolder()
      let run = try TareProcess(
        SmallRun.arguments("\(Self.run) --steps 1000000 --metrics-port 0", output: folder.file("run")))
      let said = try #require(run.waitForError(containing: "/metrics\n"))
      let port = try #require(said.firstMatch(of: #/127\.0\.0\.1:(\d+)\/metrics/#).flatMap { UInt16($0.1) })
      _ = try #require(run.waitForError(containing: "test error"))
      let found = try families(PlainHTTP("/metrics", port: port))
      func value(_ family: String, _ labels: [String: String] = [:]) -> Double? {
        found[family]?.samples.first {
          $0.labels == labels.merging(["run": folder.file("run")]) { $1 }
        }?.value
      }
      let steps = try #require(value("tare_steps"))
      #expect(steps >= 2)
      #expect(value("tare_members", ["role": "worker", "state": "ready"]) == 2)
      #expect(value("tare_members", ["role": "server", "state": "ready"]) == 1)
      #expect(value("tare_member_failures") == 0)
      #expect(try #require(value("tare_images_per_second")) > 0)
      #expect((0...1).contains(try #require(value("tare_test_error"))))
      #expect(try #require(value("tare_train_loss")) > 0 && value("tare_learning_rate") == 0.03)
      for (role, rank) in [("coordinator", "0"), ("server", "0"), ("worker", "0"), ("worker", "1")] {
        for direction in ["received", "sent"] {
          #expect(try #require(value("tare_bytes", ["role": role, "rank": rank, "direction": direction])) > 100)
        }
      }
      #expect(value("tare_queue_depth", ["role": "worker", "rank": "1"]) != nil)
      for family in ["tare_effective_learning_rate", "tare_weight_norm", "tare_angular_update"] {
        let samples = try #require(found[family]?.samples)
        #expect(samples.count >= 2 && samples.allSatisfy { $0.labels["layer"]?.isEmpty == false && $0.value > 0 })
      }
      let histogram = try #require(found["tare_step_seconds"])
      #expect(histogram.type == "histogram")
      let buckets = histogram.samples.filter { $0.name.hasSuffix("_bucket") }.map(\.value)
      let count = histogram.samples.first { $0.name.hasSuffix("_count") }?.value
      #expect(buckets == buckets.sorted() && buckets.last == count && count == steps)
      // As tare serve.
      #expect(try PlainHTTP("/", port: port).status == 404)
      #expect(try PlainHTTP("/metrics", port: port, host: "evil.example").status == 421)
      #expect(try PlainHTTP("/metrics", method: "POST", port: port).status == 405)
      run.signal(SIGTERM)
      #expect(run.finish().exitCode == 143)
      run.expectNothingLeft()
      #expect(throws: PlainHTTP.Failure.self) { try PlainHTTP("/metrics", port: port) }
    }

    @Test("tare serve has those of the runs below it, whatever their folders are called")
    func served() throws {
      let folder = try TemporaryFolder()
      let names = ["a\"b\\nc", "plain"]
      for name in names {
        let run = try TareProcess.run(
          SmallRun.arguments("\(Self.run) --steps 8", output: "OUTPUT").map { $0 == "OUTPUT" ? folder.file(name) : $0 })
        try #require(run.exitCode == 0, "\(run.errors)")
      }
      let serve = try TareProcess(["serve", folder.path, "--port", "0"])
      let output = try #require(serve.waitForOutput(containing: "/\n"))
      let port = try #require(URL(string: output.trimmingCharacters(in: .newlines))?.port.flatMap(UInt16.init))
      let found = try families(PlainHTTP("/metrics", port: port))
      let steps = try #require(found["tare_steps"]?.samples)
      #expect(Set(steps.compactMap { $0.labels["run"] }) == Set(names.map { folder.file($0) }))
      #expect(steps.allSatisfy { $0.value == 8 })
      #expect(found["tare_member_failures"]?.samples.map(\.value) == [0, 0])
      #expect(found["tare_weight_norm"]?.samples.isEmpty == false)
      serve.signal(SIGTERM)
      _ = serve.finish()
    }

    @Test("a port that is taken is refused before anything is trained")
    func taken() throws {
      let folder = try TemporaryFolder()
      let run = try TareProcess(
        SmallRun.arguments("\(Self.run) --steps 1000000 --metrics-port 0", output: folder.file("run")))
      let said = try #require(run.waitForError(containing: "/metrics\n"))
      let port = try #require(said.firstMatch(of: #/127\.0\.0\.1:(\d+)\/metrics/#)?.1)
      for (port, exitCode) in [(String(port), Int32(74)), ("70000", 64)] {
        let ending = try TareProcess.run(
          SmallRun.arguments("\(Self.run) --steps 2 --metrics-port \(port)", output: folder.file("other")))
        #expect(ending.exitCode == exitCode && ending.errors.contains("port"), "\(ending.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
      }
      run.signal(SIGTERM)
      _ = run.finish()
    }
  }
}
