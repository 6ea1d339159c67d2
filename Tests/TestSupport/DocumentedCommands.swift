package import Foundation

/// A command line of the documentation, in a fenced `sh` block that a comment before it marks.
package struct DocumentedCommand: Hashable, CustomStringConvertible {
  /// What a test does with it, as `<!-- example: … -->` says.
  package enum Mark: String, CaseIterable {
    /// Run it as it is.
    case run
    /// Parse it: it takes too long, or needs data or other machines.
    case parse
    /// A command of another program: see that there is such a target, script or tool.
    case shell
  }

  package let page: String
  package let line: Int
  package let text: String
  /// `nil` for a block without a mark.
  package let mark: Mark?

  package var description: String { "\(page):\(line): \(text)" }

  /// The words of the line as a shell splits them, without comment and redirection.
  package var words: [String] {
    var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
    scan: for character in text {
      switch character {
      case quote: quote = nil
      case "'" where quote == nil, "\"" where quote == nil: (quote, word) = (character, word ?? "")
      case " " where quote == nil:
        if let word { words.append(word) }
        word = nil
      case "#" where quote == nil && word == nil, ">" where quote == nil, "<" where quote == nil: break scan
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// The repository that holds this file.
  package static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every command line of README, docs and the other pages, in order.
  package static func all() throws -> [DocumentedCommand] {
    let docs = try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: "docs").path)
    let pages =
      ["README.md", "CONTRIBUTING.md", "cluster/README.md"]
      + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    return try pages.flatMap { page in
      commands(in: try String(contentsOf: repository.appending(path: page), encoding: .utf8), page: page)
    }
  }

  package static func commands(in text: String, page: String) -> [DocumentedCommand] {
    var (commands, mark, isInside): ([DocumentedCommand], Mark?, Bool) = ([], nil, false)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if isInside {
        if line == "```" {
          (isInside, mark) = (false, nil)
        } else if !line.isEmpty, !line.hasPrefix("#") {
          commands.append(DocumentedCommand(page: page, line: index + 1, text: String(line), mark: mark))
        }
      } else if line == "```sh" {
        isInside = true
      } else if let match = line.wholeMatch(of: #/<!-- example: (\w+) -->/#) {
        mark = Mark(rawValue: String(match.1))
      }
    }
    return commands
  }
}
