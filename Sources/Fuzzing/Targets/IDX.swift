import Datasets
import Parameters

extension FuzzTarget {
  /// An image file followed by a label file; the first four bytes are the big-endian length of the image file. Deflate
  /// expands one byte to at most 1032, and labels are copied once.
  static let idx = FuzzTarget(
    "idx",
    seeds: [
      pair(idxImages, idxLabels), pair(Gzip.compress(idxImages), idxLabels),
      pair(Gzip.compress(idxImages), Gzip.compress(idxLabels)),
      pair(Gzip.compress(Array(idxImages[..<20])) + Gzip.compress(Array(idxImages[20...])), idxLabels),
    ],
    greatestRatio: 2100,
    hostile: {
      let zeros = [UInt8](repeating: 0, count: 1 << 26)
      let members = [[UInt8]](repeating: Gzip.compress([]), count: 1 << 16).flatMap { $0 }
      return [
        ("a gzip bomb after a small header", pair(Gzip.compress(idxImages + zeros), idxLabels)),
        ("a gzip bomb of labels", pair(idxImages, Gzip.compress(bigEndian(2049, 1 << 26) + zeros))),
        ("a huge header in gzip", pair(Gzip.compress(bigEndian(2051, 0xFFFF_FFFF, 1024, 1024)), idxLabels)),
        ("a huge header", pair(bigEndian(2051, 0xFFFF_FFFF, 1024, 1024), idxLabels)),
        ("many empty members", pair(members + Gzip.compress(idxImages), idxLabels)),
      ]
    }
  ) { bytes in
    guard let (images, labels) = parts(bytes) else { return false }
    return accepts(try? ImageSet(idxImages: images, labels: labels))
  }

  static let cifar10 = FuzzTarget(
    "cifar10", seeds: [cifarRecord(9), cifarRecord(0) + cifarRecord(3)],
    hostile: { [("zeros", [UInt8](repeating: 0, count: 3073 << 12))] }
  ) { bytes in accepts(try? ImageSet(cifar10: bytes)) }

  static let cifar100 = FuzzTarget(
    "cifar100", seeds: [[19] + cifarRecord(99), [0] + cifarRecord(0) + [7] + cifarRecord(3)],
    hostile: { [("zeros", [UInt8](repeating: 0, count: 3074 << 12))] }
  ) { bytes in accepts(try? ImageSet(cifar100: bytes)) }

  /// Touches the first and the last byte of every image.
  static func accepts(_ images: ImageSet?) -> Bool {
    guard let images else { return false }
    for index in 0..<images.count {
      precondition(images.bytes(of: index).count == images.shape.count, "an image has all its bytes")
      precondition(images.labels[index] < images.classNames.count, "a label has a name")
    }
    return true
  }

  private static let idxImages = bigEndian(2051, 3, 2, 4) + (0..<24).map { UInt8($0 * 10) }
  private static let idxLabels = bigEndian(2049, 3) + [0, 9, 4]

  private static func cifarRecord(_ label: UInt8) -> [UInt8] {
    [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  }

  private static func bigEndian(_ words: Int...) -> [UInt8] {
    words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  /// A file of images and one of labels as one input, which begins with the length of the first.
  static func pair(_ images: [UInt8], _ labels: [UInt8]) -> [UInt8] { bigEndian(images.count) + images + labels }

  /// The two files of a `pair`; `nil` if it is too short.
  static func parts(_ pair: [UInt8]) -> (images: [UInt8], labels: [UInt8])? {
    guard pair.count >= 4 else { return nil }
    let length = pair[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= pair.count - 4 else { return nil }
    return (Array(pair[4..<(4 + length)]), Array(pair[(4 + length)...]))
  }
}
