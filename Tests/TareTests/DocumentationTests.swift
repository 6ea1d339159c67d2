import ArgumentParser
import Foundation
import TestSupport
import Testing
import tare

@Suite("Documented commands")
struct DocumentationTests {
  private static let commands = (try? DocumentedCommand.all()) ?? []

  @Test("every block of commands says how it is tested, and there are some of every kind")
  func marks() {
    #expect(Self.commands.filter { $0.mark == nil }.map(\.description) == [])
    for mark in DocumentedCommand.Mark.allCases { #expect(Self.commands.contains { $0.mark == mark }) }
  }

  @Test("a line is split as a shell does")
  func words() {
    let text = """
      <!-- example: parse -->
      ```sh
      tare runs --where 'a=b c<1' --limit 2 > x.csv   # no more
      ```
      """
    let commands = DocumentedCommand.commands(in: text, page: "page")
    #expect(commands.map(\.words) == [["tare", "runs", "--where", "a=b c<1", "--limit", "2"]])
    #expect(commands.map(\.mark) == [.parse] && commands.map(\.line) == [3])
  }

  @Test("each command of tare parses, and the plans that it names are there", arguments: commands)
  func parses(command: DocumentedCommand) throws {
    guard command.mark != .shell else { return }
    try #require(command.words.first == "tare", "\(command)")
    #expect(throws: Never.self, "\(command)") { _ = try Tare.command(for: Array(command.words.dropFirst())) }
    for word in command.words where word.hasPrefix("cluster/") {
      #expect(exists(word), "\(command)")
    }
  }

  @Test("each other command names a target, a script or a known tool", arguments: commands)
  func shell(command: DocumentedCommand) throws {
    guard command.mark == .shell, let first = command.words.first else { return }
    switch first {
    case "make":
      let makefile = try String(contentsOf: DocumentedCommand.repository.appending(path: "Makefile"), encoding: .utf8)
      let target = try #require(command.words.dropFirst().first, "\(command)")
      #expect(makefile.contains("\n\(target):"), "\(command)")
    case "swift", "tensorboard", "ssh", "git", "kubectl", "docker", "export", "squeue", "scancel": break
    case "python3": #expect(exists(try #require(command.words.dropFirst().first, "\(command)")), "\(command)")
    case "mpirun", "srun":
      let own = try #require(command.words.firstIndex(of: "tare"), "\(command)")
      #expect(throws: Never.self, "\(command)") { _ = try Tare.command(for: Array(command.words[(own + 1)...])) }
    default: #expect(exists(first), "\(command)")
    }
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: DocumentedCommand.repository.appending(path: path).path)
  }
}
