import Foundation

/// The files of this repository, which tests of its documentation read.
package enum Repository {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  package static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
  }

  /// A source file without the imports at its beginning.
  package static func code(_ path: String) throws -> String {
    let lines = try text(path).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0.isEmpty || $0.contains("import ") }.joined(separator: "\n")
  }
}
