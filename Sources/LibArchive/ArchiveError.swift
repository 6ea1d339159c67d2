/// What libarchive says is wrong with an archive, without a full stop.
package struct ArchiveError: Error, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
