import Failures
import Foundation
import Records
import Specification
import Sweeps
import TestSupport
import Testing

@Suite("Folder of a sweep")
struct SweepFolderTests {
  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  private func open(_ path: String, _ runs: [SweepRun], named name: String = "map", resuming: Bool = false) throws {
    _ = try SweepFolder(path, for: name, runs: runs, resuming: resuming)
  }

  @Test("a new folder, with all above it, holds the record of the plan and places each run by number and hash")
  func new() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a/b")
    let runs = try samplePlan()
    let sweep = try SweepFolder(path, for: "map", runs: runs, resuming: false)
    let record = try #require(try SweepRecord(inFolder: path))
    #expect(record.sweep == "map" && record.runs == 4)
    let places = runs.map { sweep.folder(of: $0) }
    #expect(places[0] == "\(path)/runs/0001-\(runs[0].spec.specHash.prefix(8))")
    #expect(places[3].hasPrefix("\(path)/runs/0004-") && Set(places).count == 4)
    #expect(sweep.results == path + "/results.csv")
  }

  @Test("a folder that holds this sweep is taken again with --resume only")
  func resuming() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("map")
    let runs = try samplePlan()
    try open(path, runs)
    #expect(message { try open(path, runs) }.contains("already holds this sweep; accepted: --resume"))
    #expect(throws: Never.self) { try open(path, runs, resuming: true) }
  }

  @Test("--resume refuses a folder without a sweep, another plan, another name and a damaged record")
  func refusedResuming() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("map")
    let (runs, others) = (try samplePlan(), try samplePlan(rates: ["0.01", "0.2"]))
    #expect(message { try open(path, runs, resuming: true) }.contains("holds no sweep"))
    try open(path, runs)
    let changed = message { try open(path, others, resuming: true) }
    #expect(changed.contains("the plan of sweep map (4 runs) differs"), "\(changed)")
    #expect(message { try open(path, runs, named: "other", resuming: true) }.contains("differs"))
    #expect(message { try open(path, [runs[0]], resuming: true) }.contains("the plan of sweep map (1 run) differs"))
    let record = String(decoding: try folder.read("map/sweep.json"), as: UTF8.self)
    let later = record.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 2")
    try folder.write(Array(later.utf8), to: "map/sweep.json")
    #expect(later != record)
    #expect(message { try open(path, runs, resuming: true) }.contains("sweep.json is not a record of a sweep"))
    try folder.write(Array("{".utf8), to: "map/sweep.json")
    #expect(message { try open(path, runs, resuming: true) }.contains("sweep.json is not a record of a sweep"))
  }

  @Test("a folder with another sweep, or with anything else, is refused and left alone")
  func occupied() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("map")
    try open(path, try samplePlan(rates: ["0.01", "0.2"]))
    #expect(message { try open(path, try samplePlan()) }.contains("already holds another sweep, map with 4 runs"))
    try FileManager.default.createDirectory(atPath: folder.file("notes"), withIntermediateDirectories: true)
    try folder.write([1], to: "notes/mine.txt")
    #expect(message { try open(folder.file("notes"), try samplePlan()) }.contains("is not empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("notes")) == ["mine.txt"])
  }

  @Test("what a start that was cut off before its record left behind is no obstacle")
  func cutOff() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("map"), withIntermediateDirectories: true)
    for name in ["lock", "sweep.json.77\(AtomicFile.unfinishedSuffix)"] { try folder.write([], to: "map/\(name)") }
    #expect(throws: Never.self) { try open(folder.file("map"), try samplePlan()) }
  }

  @Test("while a process works in the folder, another is refused")
  func locked() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("map")
    let runs = try samplePlan()
    let first = try SweepFolder(path, for: "map", runs: runs, resuming: false)
    let error = #expect(throws: RecordError.self) { try open(path, runs, resuming: true) }
    #expect(error?.code == .occupied && first.path == path)
  }
}
