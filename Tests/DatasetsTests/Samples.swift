import CZlib
import Datasets
import TestSupport

/// Small files of the real layouts, with content that a test can recompute.
enum Samples {
  /// Byte `offset` of the pixels of record `record`: no two records and no two nearby pixels are equal.
  static func pixel(_ record: Int, _ offset: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: record &* 37 &+ offset &* 11 &+ offset / 251)
  }

  static func label(_ record: Int) -> UInt8 { UInt8((record * 7 + 3) % 10) }

  /// CIFAR records `first` ..< `first + count`.
  static func cifar(_ count: Int, first: Int = 0) -> [UInt8] {
    (first..<(first + count)).flatMap { record in [label(record)] + (0..<3072).map { pixel(record, $0) } }
  }

  static func bigEndian(_ words: Int...) -> [UInt8] {
    words.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
  }

  static func idxImages(_ count: Int, height: Int = 5, width: Int = 4) -> [UInt8] {
    bigEndian(2051, count, height, width)
      + (0..<count).flatMap { record in (0..<(height * width)).map { pixel(record, $0) } }
  }

  static func idxLabels(_ count: Int) -> [UInt8] { bigEndian(2049, count) + (0..<count).map(label) }

  /// `bytes` as one gzip member, by zlib's own file writer.
  static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let file = unsafe gzopen(folder.file("member"), "wb9")
    unsafe gzwrite(file, bytes, UInt32(bytes.count))
    unsafe gzclose(file)
    return try folder.read("member")
  }

  /// A folder with the four files of an IDX set.
  static func idxFolder(train: Int = 7, test: Int = 3, gzipped: Bool = false) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (prefix, count) in [("train", train), ("t10k", test)] {
      for (name, bytes) in [("images-idx3", idxImages(count)), ("labels-idx1", idxLabels(count))] {
        try folder.write(gzipped ? gzip(bytes) : bytes, to: "\(prefix)-\(name)-ubyte" + (gzipped ? ".gz" : ""))
      }
    }
    return folder
  }

  /// The error message of opening `request`.
  static func complaint(_ request: DatasetRequest) -> DatasetError? {
    do throws(DatasetError) { _ = try Dataset(request) } catch { return error }
    return nil
  }
}
