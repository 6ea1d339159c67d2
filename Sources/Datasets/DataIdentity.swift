import OpenSSL
import Parameters

/// Which images and labels a run reads, however their files are called or compressed.
package struct DataIdentity: Hashable, Sendable, Codable {
  package struct Part: Hashable, Sendable, Codable {
    package let images: Int
    /// SHA-256 of the pixels of all images in their order, followed by their labels.
    package let sha256: String

    init(_ images: ImageSet) {
      var hash = SHA256()
      unsafe images.forEachRun { unsafe hash.update($0) }
      hash.update(images.labels)
      (self.images, sha256) = (images.count, hash.finalize().hexadecimal)
    }
  }

  package let train: Part
  package let test: Part
  /// The files that they were read from, to name the one that differs; `nil` where nobody has looked at them.
  package var files: [FileRecord]?

  package init(_ dataset: Dataset) { (train, test) = (Part(dataset.train), Part(dataset.test)) }

  /// How these images differ from those of a run, such as "other training images"; `nil` if they are the same.
  package func difference(from recorded: DataIdentity) -> String? {
    for (name, mine, theirs) in [("training", train, recorded.train), ("test", test, recorded.test)]
    where mine != theirs {
      let what =
        mine.images == theirs.images
        ? "other \(name) images or labels (SHA-256 \(mine.sha256.prefix(12)), where the run has "
          + "\(theirs.sha256.prefix(12)))"
        : "\(mine.images) \(name) images, where the run has \(theirs.images)"
      guard let files, let others = recorded.files, let file = Self.difference(of: files, from: others) else {
        return what
      }
      return "\(what): \(file)"
    }
    return nil
  }

  /// The first file that is not the recorded one in its place; `nil` if all are.
  package static func difference(of files: [FileRecord], from recorded: [FileRecord]) -> String? {
    zip(files, recorded).first { $0.sha256 != $1.sha256 }.map { mine, theirs in
      "file \(mine.path) has SHA-256 \(mine.sha256.prefix(12)), and \(theirs.path) had \(theirs.sha256.prefix(12))"
    } ?? (files.count == recorded.count ? nil : "\(files.count) files, where the run read \(recorded.count)")
  }
}
