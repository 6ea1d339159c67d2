import Failures
import OpenSSL
package import Parameters

/// What can be said of a data set without training on it.
package struct DatasetFacts: Hashable, Sendable, Codable {
  package struct ClassCount: Hashable, Sendable, Codable {
    package let name: String
    package let train: Int
    package let test: Int
  }

  package let name: String
  package let shape: ImageShape
  package let trainCount: Int
  package let testCount: Int
  package let classes: [ClassCount]
  /// With which training standardizes its inputs.
  package let standardization: Standardization
  package let files: [FileRecord]
  /// What is unusual, a sentence each.
  package let notes: [String]

  /// - Throws: as `Dataset.verify()`.
  package init(_ dataset: Dataset) throws(DatasetError) {
    let (train, test) = (dataset.train, dataset.test)
    let counts = zip(Self.counts(train), Self.counts(test))
    (name, shape, trainCount, testCount) = (dataset.name, train.shape, train.count, test.count)
    classes = zip(train.classNames, counts).map { ClassCount(name: $0, train: $1.0, test: $1.1) }
    standardization = Standardization(of: train)
    files = try dataset.verify()
    notes =
      [train.oneClassNote].compactMap(\.self) + Self.notes(on: classes) + Self.notes(onCopiesIn: train, test)
      + files.filter { $0.checksum == .different }.map { "File \($0.path) is not the published file of that name." }
  }

  private static func counts(_ images: ImageSet) -> [Int] {
    var counts = [Int](repeating: 0, count: images.classNames.count)
    for label in images.labels { counts[Int(label)] += 1 }
    return counts
  }

  private static func notes(on classes: [ClassCount]) -> [String] {
    [("training", \ClassCount.train), ("test", \ClassCount.test)].compactMap { (part, count) in
      let without = classes.filter { $0[keyPath: count] == 0 }.map(\.name)
      guard !without.isEmpty else { return nil }
      let names =
        without.prefix(5).joined(separator: ", ") + (without.count > 5 ? " and \(without.count - 5) more" : "")
      return "\(counted(without.count, "class", plural: "classes")) without \(part) images: \(names)."
    }
  }

  /// Images with the same bytes, whatever their labels.
  private static func notes(onCopiesIn train: ImageSet, _ test: ImageSet) -> [String] {
    var labels: [[UInt8]: UInt8] = [:]
    var (copies, contradictions) = (0, 0)
    for index in 0..<train.count {
      let digest = train.digest(of: index)
      guard let earlier = labels[digest] else {
        labels[digest] = train.labels[index]
        continue
      }
      copies += 1
      if earlier != train.labels[index] { contradictions += 1 }
    }
    let trained = (0..<test.count).count { labels[test.digest(of: $0)] != nil }
    return [
      (copies, "training image", "of the same bytes as an earlier one"),
      (contradictions, "training image", "of the same bytes as an earlier one with another label"),
      (trained, "test image", "of the same bytes as a training image"),
    ].filter { $0.0 > 0 }.map { "\(counted($0.0, $0.1)) \($0.0 == 1 ? "is" : "are") \($0.2)." }
  }
}

extension ImageSet {
  /// SHA-256 of the bytes of image `index`.
  fileprivate func digest(of index: Int) -> [UInt8] {
    unsafe SHA256.hash(UnsafeRawBufferPointer(start: pixels(of: index), count: shape.count))
  }
}
