import Coordination
import Foundation
import Records
import Roles
import TestSupport
import Testing
import Transport

/// Starting and stopping leaves nothing behind, however often.
@Suite("Starts and stops", .serialized)
struct StartStopTests {
  /// TARE_STARTS asks for more.
  private static let count = ProcessInfo.processInfo.environment["TARE_STARTS"].flatMap(Int.init) ?? 8

  private static func openFiles() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }

  private final class Silent: RunObserver {}

  private static func train(_ output: String) throws -> String {
    let settings = [
      "network=mlp", "batch=4", "microbatch=2", "steps=1", "dataset.limit=8", "execution.launcher=threads",
      "execution.servers=2", "execution.output=\(output)",
    ]
    let layer = try settings.map { try Assignment(setting: $0) }
    return try TrainingRun(RunSpec(layers: [layer]).resolved).train(notices: Mailbox()) { _ in Silent() }.weightsSHA256
  }

  @Test("run after run in one process, no file handle stays open and no bit changes")
  func handles() throws {
    let folder = try TemporaryFolder()
    // What a first run opens for good: libraries, random numbers.
    let expected = try Self.train(folder.file("first"))
    let before = try Self.openFiles()
    for index in 0..<Self.count {
      #expect(try Self.train(folder.file("\(index)")) == expected)
      try FileManager.default.removeItem(atPath: folder.file("\(index)"))
    }
    // Other tests of this process open files meanwhile; a leak of one a run would be far more.
    #expect(try Self.openFiles() < before + max(10, Self.count / 2))
  }
}
