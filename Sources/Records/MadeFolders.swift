import Foundation

/// Folders that are made for something that may not come about, in which case those of them that are still empty go again.
package struct MadeFolders: Sendable {
  /// Outermost first; those that were there before are not among them.
  package private(set) var paths: [String] = []

  package init() {}

  /// Makes the folder and those above it.
  ///
  /// - Throws: `RecordError` for one that cannot be made; what was made before it goes again.
  package init(_ path: String) throws(RecordError) {
    let ends = path.indices.filter { path[$0] == "/" && $0 > path.startIndex } + [path.endIndex]
    for end in ends {
      let folder = String(path[..<end])
      if unsafe mkdir(folder, 0o755) == 0 {
        paths.append(folder)
      } else if errno != EEXIST {
        let error = RecordError.system("make folder", folder)
        removeEmpty()
        throw error
      }
    }
  }

  /// rmdir(2) refuses folders that are not empty.
  package func removeEmpty() { for folder in paths.reversed() { unsafe rmdir(folder) } }
}
