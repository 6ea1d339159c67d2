import Datasets

extension FuzzTarget {
  /// An array of images followed by one of labels, as `idx`: channels that come last are copied once.
  static let npy = FuzzTarget(
    "npy",
    seeds: [
      pair(images(extents: "(3, 2, 4)"), labels), pair(images(extents: "(1, 2, 4, 3)"), labelsOfOne),
      pair(images(extents: "(1, 3, 4, 2)"), labelsOfOne),
    ],
    words: words,
    hostile: {
      let huge = images(extents: "(9223372036854775807, 1024, 1024)")
      return [
        ("a huge shape", pair(huge, labels)), ("no pixels", pair(images(extents: "(4000000000, 0, 0)"), labels)),
        ("a long tuple", pair(images(extents: "(" + String(repeating: "1, ", count: 3000) + ")"), labels)),
        ("many images", pair(images(extents: "(\(1 << 24), 1, 1)", [UInt8](repeating: 7, count: 1 << 24)), labels)),
      ]
    }
  ) { bytes in
    guard let (images, labels) = parts(bytes) else { return false }
    return accepts(try? ImageSet(npyImages: images, labels: labels))
  }

  /// Deflate expands one byte to at most 1032, and channels that come last are copied once.
  static let npz = FuzzTarget(
    "npz",
    seeds: [
      archive(images(extents: "(3, 2, 4)"), labels), archive(images(extents: "(1, 2, 4, 3)"), labelsOfOne),
    ],
    words: words + ["images.npy", "labels.npy", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}"],
    greatestRatio: 2100,
    hostile: {
      let zeros = [UInt8](repeating: 0, count: 1 << 26)
      let empty = [(name: String, bytes: [UInt8])](repeating: ("a.npy", []), count: 1 << 14)
      return [
        ("a zip bomb of images", archive(images(extents: "(\(1 << 24), 2, 2)", zeros), labels)),
        ("a zip bomb after a small array", archive(images(extents: "(3, 2, 4)") + zeros, labels)),
        ("a huge shape", archive(images(extents: "(9223372036854775807, 1, 1)"), labels)),
        ("many empty members", Zip.archive(empty)),
      ]
    }
  ) { bytes in accepts(try? ImageSet(npz: bytes)) }

  private static let words = [
    "descr", "fortran_order", "shape", "True", "False", "|u1", "<u2", "<i8", ">i4", "<f4", "|O", "(3, 2, 4)", "(3,)",
    "{",
    "}", "'",
  ]
  private static let labels = array("<i8", "(3,)", [0, 9, 4].flatMap { Zip.littleEndian($0, 8) })
  private static let labelsOfOne = array("|u1", "(1, 1)", [7])

  private static func images(extents: String, _ bytes: [UInt8]? = nil) -> [UInt8] {
    array("|u1", extents, bytes ?? (0..<24).map { UInt8($0 * 10) })
  }

  private static func archive(_ images: [UInt8], _ labels: [UInt8]) -> [UInt8] {
    Zip.archive([("images.npy", images), ("labels.npy", labels)])
  }

  private static func array(_ type: String, _ extents: String, _ bytes: [UInt8]) -> [UInt8] {
    let header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': \(extents), }\n".utf8)
    return [0x93] + "NUMPY".utf8 + [1, 0] + Zip.littleEndian(header.count, 2) + header + bytes
  }
}
