import Foundation
import Records
import TestSupport
import Testing

extension EndToEnd {
  /// The first command that a reader of the README types.
  @Suite("Demonstration")
  struct Demonstration {
    @Test("shows that decay acts through the effective learning rate, and that a killed run ends with the same bits")
    func shows() throws {
      let parent = try TemporaryFolder()
      let folder = parent.file("demo")
      let ending = try TareProcess.run(["demo", "--output", folder])
      #expect(ending.exitCode == 0, "\(ending.errors)")
      func sha256(_ run: String) throws -> String {
        try #require(RunRecord(inFolder: "\(folder)/\(run)")?.runResult?.weightsSHA256, "\(run)")
      }
      #expect(try sha256("killed") == sha256("runs/C"))
      #expect(try sha256("runs/A") != sha256("runs/B"))
      #expect(ending.output.contains("all that decay did was to raise the effective learning rate"))
      #expect(ending.output.contains("weights SHA-256 \(try sha256("killed"))"))
      #expect(FileManager.default.fileExists(atPath: folder + "/report/index.html"))
      let figure = try String(contentsOfFile: folder + "/report/figures/overlay.svg", encoding: .utf8)
      #expect(figure.contains("C: λ = 0"))
      // What was killed has left no member.
      #expect(try String(contentsOfFile: folder + "/killed/run.json", encoding: .utf8).contains("\"done\""))
      let next = ending.errors.split(separator: "\n").drop { $0 != "Next:" }.dropFirst().map(String.init)
      #expect(next.count == 3 && !ending.output.contains("Next:"))
      let trained = try TareProcess.run(
        [], through: next[2].components(separatedBy: "  # ")[0] + " --steps 2 --output '\(parent.file("own"))'")
      #expect(trained.exitCode == 0, "\(next[2]): \(trained.errors)")
      let serve = try TareProcess([], through: "exec" + next[0])
      #expect(serve.waitForOutput(containing: "http://127.0.0.1:") != nil, "\(next[0])")
      serve.signal(SIGTERM)
      #expect(serve.finish().exitCode == 143)
      let again = try TareProcess.run(["demo", "--output", folder])
      #expect(again.exitCode == 64 && again.errors.contains("is not empty"), "\(again.errors)")
    }
  }
}
