import Foundation

/// Small data files, good ones and others.
enum Samples {
  static let cifarFolder = ["data_batch_1.bin": cifar(count: 8), "test_batch.bin": cifar(count: 4)]

  static let mnistFolder = [
    "train-images-idx3-ubyte": images(count: 4), "train-labels-idx1-ubyte": labels(count: 4),
    "t10k-images-idx3-ubyte": images(count: 4, from: 1), "t10k-labels-idx1-ubyte": gzippedLabels,
  ]

  /// Records of a label and 3072 bytes.
  static func cifar(count: Int, lastLabel: UInt8? = nil) -> [UInt8] {
    (0..<count).flatMap { record -> [UInt8] in
      let isLast = record == count - 1
      let pixels = (0..<3072).map { pixel in UInt8((pixel * 7 + record * 31) % 256) }
      return [isLast ? lastLabel ?? 1 : 1] + pixels
    }
  }

  /// An IDX file of images of `side`×`side`.
  ///
  /// - Parameter first: what the pixels begin with; other images have another.
  static func images(
    count: Int, magic: Int = 2051, claiming claimed: Int? = nil, from first: Int = 0, side: Int = 28
  ) -> [UInt8] {
    words([magic, claimed ?? count, side, side]) + (0..<count * side * side).map { UInt8(($0 * 13 + first) % 256) }
  }

  static func labels(count: Int) -> [UInt8] { words([2049, count]) + (0..<count).map { UInt8($0 % 10) } }

  /// `labels(count: 4)`, as `gzip --no-name` writes it.
  static let gzippedLabels: [UInt8] =
    [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x63, 0x60, 0xe0, 0x60, 0x64, 0x60,
      0x60, 0x60, 0x61, 0x60, 0x64, 0x62, 0x06, 0x00, 0x17, 0x6d, 0x04, 0x20, 0x0c, 0x00, 0x00, 0x00,
    ]

  private static func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { value in [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
  }
}
