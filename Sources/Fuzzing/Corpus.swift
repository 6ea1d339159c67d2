import Foundation

/// A target's seeds and dictionary in the format that libFuzzer reads.
package struct Corpus {
  private let target: FuzzTarget

  package init(_ target: FuzzTarget) { self.target = target }

  /// Writes a file for each seed into `folder`, which is created if necessary, and the dictionary to `<folder>.dict`.
  package func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, seed) in target.seeds.enumerated() {
      try Data(seed).write(to: URL(filePath: "\(folder)/seed-\(index)"))
    }
    let lines = target.words.map { word in
      "\"" + word.utf8.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\"\n"
    }
    // The first line is a comment: libFuzzer refuses an empty file.
    try Data("# words of \(target.name)\n\(lines.joined())".utf8).write(to: URL(filePath: "\(folder).dict"))
  }
}
