import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Documented commands")
  struct DocumentedCommandTests {
    private static let commands = ((try? DocumentedCommand.all()) ?? []).filter { $0.mark == .run }

    @Test("each one that is cheap runs as it stands")
    func run() throws {
      let folder = try TemporaryFolder()
      let runs = try ["a", "b"].map { try SmallRun("--network mlp --steps 8", in: folder.file($0)).folder }
      try #require(!Self.commands.isEmpty)
      for (number, command) in Self.commands.enumerated() {
        var remaining = runs
        var words = command.words.dropFirst().map { $0 == "RUN" && !remaining.isEmpty ? remaining.removeFirst() : $0 }
        if words.first == "train" { words += ["--output", folder.file("run-\(number)")] }
        let ending = try TareProcess(words).finish()
        #expect(ending.exitCode == 0 && !(ending.output + ending.errors).isEmpty, "\(command): \(ending.errors)")
      }
    }
  }
}
