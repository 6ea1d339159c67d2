import Foundation
import Fuzzing
import Testing

/// Each target in a process of its own, which may die: what is under test is that it does not.
@Suite("Decoders and hostile bytes")
struct TrialTests {
  @Test("every input ends with a value or an error, soon, in bounded memory", arguments: FuzzTarget.all.map(\.name))
  func trial(target: String) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = [target, "try", "3000"] + (try Self.regressions(of: target))
    // The text of the last trap is enough, and the runtime's own report of it takes seconds.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(
      process.terminationReason == .exit && process.terminationStatus == 0, "\(output.suffix(2000))")
  }

  @Test("mutants are the same every time, and differ from each other")
  func mutants() throws {
    let target = try #require(FuzzTarget.all.first)
    let (one, other) = (Mutation(of: target, seed: 1), Mutation(of: target, seed: 1))
    #expect((0..<100).allSatisfy { one.input($0) == other.input($0) })
    #expect(Set((0..<100).map(one.input)).count > 90)
  }

  /// The product of the build that made this test.
  private static let executable: URL = {
    let folder = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(filePath: ".build/release")
    return folder.appending(path: "tare-fuzz")
  }()

  /// Inputs that once went wrong, in the folder of their target.
  private static func regressions(of target: String) throws -> [String] {
    guard let folder = Bundle.module.url(forResource: "Regressions/\(target)", withExtension: nil) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map(\.path).sorted()
  }
}
