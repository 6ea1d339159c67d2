import OpenSSL
import Parameters

/// Turns free text, such as a figure's title, into names of files and folders. All such names are made here.
///
/// A name has ASCII letters in lower case and digits, with single hyphens between words: no `/`, no control characters,
/// no leading dot, nothing that a file system or a shell would change.
package enum FileName {
  /// The longest name, in bytes; file systems allow 255 with what is appended, such as `.svg` or a temporary suffix.
  package static let mostBytes = 120

  /// A name for each of `texts`, all of them different and each within `mostBytes`.
  ///
  /// A name consists of the words of the text. A hash of the whole text is appended if the words are not unique: if
  /// they were truncated, if letters were dropped, or if another text has the same words. So the order of texts does
  /// not matter.
  package static func names(for texts: [String]) -> [String] {
    let words = texts.map(words)
    let count = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
    var taken: Set<String> = []
    return zip(texts, words).map { text, words in
      let isEnough = !words.isEmpty && words.utf8.count <= mostBytes && count[words] == 1 && text.allSatisfy(isKept)
      let name = isEnough ? words : hashed(text, words)
      // A repeated text.
      let names = [name] + (2...(texts.count + 2)).lazy.map { "\(name)-\($0)" }
      return names.first { taken.insert($0).inserted } ?? name
    }
  }

  /// `text` reduced to its words.
  private static func words(_ text: String) -> String {
    text.lowercased().split { !isWord($0) }.joined(separator: "-")
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
  }

  /// Whether dropping `character` leaves a text recognizable to people.
  private static func isKept(_ character: Character) -> Bool {
    character.isASCII && character.asciiValue.map { $0 >= 0x20 && $0 != 0x7F } == true
  }

  private static func hashed(_ text: String, _ words: String) -> String {
    let hash = SHA256.hash(text.utf8).prefix(6).hexadecimal
    // Room for the hyphens, the hash, and a number.
    let start = words.prefix(mostBytes - hash.count - 12)
    return (start.isEmpty ? "" : start + (start.hasSuffix("-") ? "" : "-")) + hash
  }
}
