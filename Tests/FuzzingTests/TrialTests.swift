import Foundation
import Fuzzing
import Testing

/// Each target runs in a separate process, because a failure would crash it.
@Suite("Decoders on hostile input")
struct TrialTests {
  @Test("every input gives a value or an error, quickly and in bounded memory", arguments: FuzzTarget.all.map(\.name))
  func trial(target: String) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = [target, "try", "3000"] + (try Self.regressions(of: target))
    // The trap's message is enough, and the runtime's backtrace takes seconds.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(
      process.terminationReason == .exit && process.terminationStatus == 0, "\(output.suffix(2000))")
  }

  @Test("mutants are deterministic and differ from each other")
  func mutants() throws {
    let target = try #require(FuzzTarget.all.first)
    let (one, other) = (Mutation(of: target, seed: 1), Mutation(of: target, seed: 1))
    #expect((0..<100).allSatisfy { one.input($0) == other.input($0) })
    #expect(Set((0..<100).map(one.input)).count > 90)
  }

  /// The executable from the same build as this test.
  private static let executable: URL = {
    let folder = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(filePath: ".build/release")
    return folder.appending(path: "tare-fuzz")
  }()

  /// Inputs that failed in the past, in the folder of their target.
  private static func regressions(of target: String) throws -> [String] {
    guard let folder = Bundle.module.url(forResource: "Regressions/\(target)", withExtension: nil) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map(\.path).sorted()
  }
}
