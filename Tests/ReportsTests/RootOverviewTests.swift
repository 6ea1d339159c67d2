import Foundation
import Records
import Reports
import Specification
import TestSupport
import Testing

@Suite("Overview of a root folder")
struct RootOverviewTests {
  private func write(_ name: String, error: Double?, at seconds: Double, in folder: TemporaryFolder) throws {
    var spec = RunSpec()
    spec.execution.name = name.hasSuffix("named") ? "first <try>" : nil
    var record = RunRecord(
      spec: try JSONValue(encoding: spec.resolved), commandLine: [], versions: [:], host: HostFacts(isa: "v3"),
      started: Date(timeIntervalSince1970: seconds))
    record.status = error == nil ? .interrupted : .done
    record.result = try error.map {
      try JSONValue(
        encoding: RunResult(
          run: name, steps: 1, epochs: 1, trainLoss: 1, testLoss: 1, testError: $0, bestTestError: $0,
          weightsSHA256: "a", samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1, threads: 1,
          effectiveLearningRateDefinition: "η/‖w‖²", layers: []))
    }
    try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    try folder.write(record.encoded(), to: name + "/run.json")
  }

  private func root() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try write("a named", error: 0.25, at: 1000, in: folder)
    try write("deep/er/b", error: nil, at: 3000, in: folder)
    for number in 1...2 {
      try write("map/runs/\(number)", error: 0.1 * Double(number), at: 2000, in: folder)
      try write("demo/runs/\(number)", error: 0.3, at: 500, in: folder)
    }
    try folder.write(Array(#"{"formatVersion":1,"sweep":"lr map","runs":3,"specs":""}"#.utf8), to: "map/sweep.json")
    return folder
  }

  @Test(
    "runs, sweeps and groups are entries, the newest first; a sweep's runs belong to it, and its best error is shown")
  func entries() throws {
    let folder = try root()
    let overview = try #require(RootOverview(of: folder.path + "/"))
    #expect(overview.entries.map(\.folder) == ["deep/er/b", "map", "a named", "demo"])
    #expect(overview.entries.map(\.kind) == [.run, .sweep, .run, .group])
    let sweep = overview.entries[1]
    #expect(sweep.name == "lr map" && sweep.testError == 0.1 && (sweep.ended, sweep.runs) == (2, 3))
    #expect(sweep.status == "stopped" && overview.entries[0].status == "interrupted")
    #expect(overview.entries[2].dataset == "glyphs" && overview.entries[2].network == "conv3")
  }

  @Test("what is itself a run, a sweep or a group is none, nor is a folder without any")
  func none() throws {
    let folder = try root()
    for name in ["a named", "map", "demo", "map/runs/1"] { #expect(RootOverview(of: folder.file(name)) == nil) }
    #expect(RootOverview(of: try TemporaryFolder().path) == nil && RootOverview(of: "/nowhere") == nil)
  }

  @Test("the page has a row for each, with links where there is a page, and names are no markup")
  func page() throws {
    let folder = try root()
    let overview = try #require(RootOverview(of: folder.path))
    let page = OverviewPage(overview).html { $0.kind == .run ? RootOverview.link(to: $0.folder) : nil }
    #expect(page.contains("<a href=\"a%20named\">a named</a>") && page.contains("<td>map</td>"))
    #expect(page.contains("first &lt;try&gt;") && page.contains("10.00 %") && page.contains("stopped (2 of 3)"))
    #expect(page.contains("2 runs, 1 sweep, 1 group of runs, the newest first."))
    #expect(!page.contains("<script"))
  }
}
