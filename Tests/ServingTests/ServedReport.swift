import Foundation
import Records
import Serving
import Specification
import TestSupport

/// A sweep's folder with one run in it, served on a port of its own until the value goes.
final class ServedReport: Sendable {
  let folder: TemporaryFolder
  let port: UInt16
  private let task: Task<Void, any Error>

  init(interval: Duration = .zero) async throws {
    folder = try TemporaryFolder()
    try Self.addRun(1, seed: 1, to: folder)
    let report = try LiveReport(folders: [folder.path], interval: interval)
    let (ports, found) = AsyncThrowingStream<UInt16, any Error>.makeStream()
    task = Task {
      do { try await ReportServer.serve(report, port: 0) { found.yield($0) } } catch { found.finish(throwing: error) }
    }
    var port = ports.makeAsyncIterator()
    self.port = try await port.next() ?? 0
  }

  deinit { task.cancel() }

  /// Puts another run beside the first, or another record in a run's place.
  func addRun(_ number: Int, seed: Int? = nil) throws { try Self.addRun(number, seed: seed ?? number, to: folder) }

  private static func addRun(_ number: Int, seed: Int, to folder: TemporaryFolder) throws {
    let path = folder.file("runs/\(number)")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var spec = RunSpec()
    spec.network.preset = .mlp
    spec.seed = seed
    spec.steps = 100
    let record = RunRecord(
      spec: try JSONValue(encoding: spec.resolved), commandLine: ["tare", "train"], versions: ["tare": "1"],
      host: HostFacts(isa: "v3"))
    // As the program does: whole or not at all.
    try Data(record.encoded()).write(to: URL(fileURLWithPath: path + "/run.json"), options: .atomic)
    try "step,layer,metric,statistic,value\n".write(toFile: path + "/metrics.csv", atomically: true, encoding: .utf8)
  }

  /// What a logging window of a run adds to its metrics.
  func logWindow(step: Int, loss: Double, ofRun number: Int = 1) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("runs/\(number)/metrics.csv")))
    try file.seekToEnd()
    let rows = ["\(step),,trainLoss,mean,\(loss)", "\(step),dense1,effectiveLearningRate,p50,0.5"]
    try file.write(contentsOf: Data((rows.joined(separator: "\n") + "\n").utf8))
    try file.close()
  }

  func get(_ path: String, host: String? = "127.0.0.1", known: String? = nil) async throws -> PlainHTTP {
    try await PlainHTTP.answer(
      path, port: port, host: host, fields: known.map { ["If-None-Match: \($0)"] } ?? [])
  }

  /// `/data.json`, decoded.
  func news() async throws -> News { try JSONDecoder().decode(News.self, from: try await get("/data.json").body) }

  struct News: Decodable {
    struct Report: Decodable { let runs: [Run] }
    struct Run: Decodable { let folder: String, status: String, seed: Int }
    struct Curves: Decodable { let steps: [Int] }

    let data: Report
    let curves: [Curves]
  }
}
