import Coordination
import Foundation
import Testing

@Suite("Transcripts")
struct TranscriptTests {
  /// `Tests/Transcripts`.
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Transcripts")
  private static let regenerates = ProcessInfo.processInfo.environment["TARE_REGENERATE_TRANSCRIPTS"] != nil

  static var stories: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }

  private static func text(of story: String) throws -> String {
    try String(contentsOf: folder.appending(path: story), encoding: .utf8)
  }

  @Test("a story's events have the effects that the file shows", arguments: stories)
  func replay(story: String) throws {
    let text = try Self.text(of: story)
    let replayed = try Transcript.replay(text)
    if Self.regenerates {
      return try replayed.write(to: Self.folder.appending(path: story), atomically: true, encoding: .utf8)
    }
    let (shown, new) = (text.components(separatedBy: "\n"), replayed.components(separatedBy: "\n"))
    guard text != replayed else { return }
    let index =
      zip(shown, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(shown.count, new.count)
    Issue.record(
      """
      \(story):\(index + 1) shows
      \(index < shown.count ? shown[index] : "the end of the file")
      but the coordinator answers
      \(index < new.count ? new[index] : "nothing more")
      (`make transcripts` regenerates the files; review the difference)
      """)
  }

  @Test("a story without one of its effects is not accepted", arguments: stories)
  func missing(story: String) throws {
    let lines = try Self.text(of: story).components(separatedBy: "\n")
    let effects = lines.indices.filter { Transcript.isEffect(lines[$0]) }
    #expect(!effects.isEmpty)
    for index in effects {
      var fewer = lines
      fewer.remove(at: index)
      let text = fewer.joined(separator: "\n")
      #expect(try Transcript.replay(text) != text)
    }
  }

  @Test("the stories show every effect")
  func coverage() throws {
    #expect(!Self.stories.isEmpty)
    let effects = try Self.stories.flatMap { try Self.text(of: $0).components(separatedBy: "\n") }
      .filter(Transcript.isEffect)
    let names = Set(effects.flatMap { $0.split(separator: " ").prefix(3).map(String.init) })
    #expect(Coordinator<String>.Effect.names.subtracting(names).isEmpty)
  }
}
