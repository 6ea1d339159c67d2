import Coordination
import Foundation
import Records
import TestSupport
import Testing

@Suite("Status of a run")
struct RunStatusTests {
  private func record(_ status: RunStatus) -> RunRecord {
    var record = RunRecord(spec: [:], commandLine: [], versions: [:], host: HostFacts(isa: "v3"))
    record.status = status
    return record
  }

  @Test("done, diverged and failed runs have ended; the others can continue")
  func ended() {
    #expect(RunStatus.allCases.filter(\.hasEnded) == [.done, .diverged, .failed])
    #expect(RunStatus.allCases.map(\.rawValue) == ["running", "stopped", "done", "diverged", "failed", "interrupted"])
  }

  @Test("every outcome of a coordinator has its status; a run that was given up has failed")
  func outcomes() {
    for outcome in [RunOutcome.done, .failed, .diverged, .interrupted] {
      #expect(RunStatus(outcome).rawValue == outcome.rawValue)
    }
    #expect(RunStatus(nil) == .failed)
  }

  @Test("a run that is recorded as running is stopped once no process holds its lock; no other status depends on it")
  func standing() throws {
    let folder = try TemporaryFolder()
    for status in RunStatus.allCases {
      #expect(record(status).standing(inFolder: folder.path) == (status == .running ? .stopped : status))
    }
    let lock = try RunLock(runFolder: folder.path)
    for status in RunStatus.allCases { #expect(record(status).standing(inFolder: folder.path) == status) }
    #expect(lock.generation == 0)
  }

  @Test("a record that was read before its run ended is not taken for a stopped run")
  func ending() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(.done).encoded(), to: "run.json")
    #expect(record(.running).standing(inFolder: folder.path) == .done)
  }

  @Test("a record with a status of another version is refused, not misread")
  func unknown() throws {
    let text = String(decoding: try record(.done).encoded(), as: UTF8.self)
    let other = text.replacing("\"status\" : \"done\"", with: "\"status\" : \"paused\"")
    #expect(other != text)
    #expect(throws: (any Error).self) { try RunRecord(decoding: Array(other.utf8)) }
    let folder = try TemporaryFolder()
    try folder.write(Array(other.utf8), to: "run.json")
    #expect(RunRecord(inFolder: folder.path) == nil)
  }
}
