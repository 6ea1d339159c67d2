import CCommit

/// The commit of the sources that this program was built from.
package enum Commit {
  /// Such as `9469137f2d1c`, with `-dirty` if files had been changed; `nil` if the build was not told.
  package static let name: String? = {
    guard let text = unsafe tare_commit(), unsafe text.pointee != 0 else { return nil }
    return unsafe String(cString: text)
  }()
}
