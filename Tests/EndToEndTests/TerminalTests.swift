import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What people see of commands that take a while.
  @Suite("On a terminal")
  struct OnTerminal {
    private static let small =
      "train --network mlp --set dataset.limit=256 --batch 64 --microbatch 32 --launcher threads --workers 1"

    @Test(
      "the view of a run is there once, whatever becomes of the terminal's size, and stays when the run is interrupted",
      .disabled(if: TerminalEmulator.isMissing, "tmux is not installed"))
    func resized() throws {
      let folder = try TemporaryFolder()
      let arguments = "\(Self.small) --steps 10000000 --metrics-every 20 --output \(folder.file("run"))"
      let terminal = try TerminalEmulator(arguments.split(separator: " ").map(String.init), columns: 100)
      func isShown(_ line: String) -> Bool { line.hasPrefix("loss ") }
      let first = try terminal.wait { $0.contains(where: isShown) }
      let place = try #require(first.firstIndex(where: isShown), "\(first)")
      let title = first[place - 2]
      for (columns, rows) in [(40, 24), (90, 24), (30, 10), (80, 12), (200, 50), (60, 24)] {
        try terminal.resize(columns: columns, rows: rows)
        let expected = title.count <= columns - 1 ? title : String(title.prefix(columns - 2)) + "…"
        let lines = try terminal.wait { $0.contains(expected) }
        #expect(lines.count { $0.hasPrefix(title.prefix(20)) } == 1, "\(columns): \(lines)")
        #expect(lines.count(where: isShown) == 1, "\(columns): \(lines)")
      }
      try terminal.interrupt()
      let last = try terminal.wait { $0.contains("ended: 130") }
      let view = try #require(last.firstIndex(where: isShown), "\(last)")
      let end = try #require(last.firstIndex(of: "ended: 130"), "\(last)")
      #expect(view < end && last.count(where: isShown) == 1, "what is printed comes below the view: \(last)")
    }

    @Test(
      "claims leave one line each within 80 columns, and nothing of the progress before",
      .disabled(if: TerminalEmulator.isMissing, "tmux is not installed"))
    func claims() throws {
      let folder = try TemporaryFolder()
      let output = folder.file("c")
      let terminal = try TerminalEmulator(
        ["claims", "--claim", "9", "--claim", "10", "--reduced", "--output", output], columns: 120)
      let lines = try terminal.wait(within: Deadline.process) { $0.contains { $0.hasPrefix("ended: ") } }
      let end = try #require(lines.firstIndex { $0.hasPrefix("ended: ") }, "\(lines)")
      let next = try #require(lines[..<end].firstIndex(of: "Next:"), "\(lines)")
      let shown = Array(lines[..<next])
      #expect(shown.count == 7, "\(shown)")
      #expect(shown.first?.hasPrefix("2 claims hold (") == true, "\(shown)")
      #expect(shown.contains { $0.hasPrefix("holds    A 9 ") } && shown.contains { $0.hasPrefix("holds    A 10 ") })
      #expect(shown.dropLast().allSatisfy { $0.count <= 80 }, "\(shown)")
      #expect(shown.last == "All comparisons: \(output)/claims.md, or --verbose.")
    }

    @Test(
      "what takes long says how far it is, on stderr, against a fixed total, and how long the rest takes",
      arguments: [
        ("simulate --seeds 100000000", "simulate  ", "/100000000 seeds"),
        ("soak --starts 1000000", "soak  ", "/1000000 runs"),
        ("soak --minutes 1000 --set execution.metricsEvery=10", "soak  ", " of 1000 min 00 s"),
        ("drill --rounds 10000 --set network=mlp --set dataset.limit=64 --set steps=4", "drill  ", "/10000 rounds"),
        ("bench --only launch --rounds 1000", "bench  ", "/1 measurements"),
      ])
    func progress(arguments: String, title: String, total: String) throws {
      let process = try TareProcess("\(arguments) --progress plain".split(separator: " ").map(String.init))
      let text = try #require(process.waitForError(containing: " left\n"), "\(arguments)")
      let lines = text.split(separator: "\n").filter { $0.hasPrefix(title) && $0.contains(total) }
      #expect(lines.last?.hasSuffix(" left") == true, "\(text)")
      // The second ends at once what waits for a step to end.
      for _ in 0..<2 { process.signal(SIGTERM) }
      let ending = process.finish()
      #expect(ending.output.isEmpty && ending.exitCode != 0)
    }

    @Test("progress can be turned off, and has three ways")
    func silent() throws {
      let ending = try TareProcess.run(["simulate", "--seeds", "20", "--progress", "none"])
      #expect(ending.exitCode == 0 && ending.errors.isEmpty, "\(ending.errors)")
      let wrong = try TareProcess.run(["simulate", "--progress", "loud"])
      #expect(wrong.exitCode == 64 && wrong.errors.contains("Accepted: auto, plain, none"), "\(wrong.errors)")
    }
  }
}
