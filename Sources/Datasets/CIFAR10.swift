import Foundation
import Parameters

/// The binary version of CIFAR-10: records of 3073 bytes, a label followed by 3×32×32 pixels, without padding.
///
/// - Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
enum CIFAR10 {
  static let shape = ImageShape(channels: 3, height: 32, width: 32)
  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  private static let recordLength = 3073

  /// The files of the two parts, as absolute paths or relative to the working directory.
  ///
  /// By default the test part is `test_batch.bin`, or `data_batch_5.bin` where that is missing; the training part is
  /// all remaining batches of the five that exist.
  static func files(_ request: DatasetRequest) throws(DatasetError) -> (train: [String], test: [String]) {
    let folder = try request.folder()
    let batches = (1...5).map { folder.file("data_batch_\($0).bin") }
    let givenTrain = try request.files(request.trainFiles, field: "dataset.train", in: folder)
    let givenTest = try request.files(request.testFiles, field: "dataset.test", in: folder)
    let candidates = [folder.file("test_batch.bin"), batches[4]].filter { !(givenTrain ?? []).contains($0) }
    let test = givenTest ?? candidates.filter(folder.exists).prefix(1).map { $0 }
    guard !test.isEmpty else {
      throw DatasetError(
        .missing,
        "Folder \(folder.path) has no test part: it needs test_batch.bin or data_batch_5.bin, or dataset.test.")
    }
    let train = givenTrain ?? batches.filter { folder.exists($0) && !test.contains($0) }
    guard !train.isEmpty else {
      throw DatasetError(
        .missing,
        "Folder \(folder.path) has no training part: it needs data_batch_1.bin to data_batch_5.bin, "
          + "or dataset.train.")
    }
    return (train, test)
  }

  static func read(_ paths: [String]) throws(DatasetError) -> ImageSet {
    var files: [(path: String, region: ByteRegion)] = []
    for path in paths { files.append((path, try ByteRegion(mapping: path))) }
    return try read(files)
  }

  /// - Parameter files: the bytes of each file, and its name for messages.
  static func read(_ files: [(path: String, region: ByteRegion)]) throws(DatasetError) -> ImageSet {
    var labels: [UInt8] = []
    var segments: [ImageSet.Segment] = []
    for (path, region) in files {
      guard region.count.isMultiple(of: recordLength) else {
        throw DatasetError(
          .content, "CIFAR-10 file \(path) has \(region.count) bytes; a multiple of \(recordLength) is accepted.")
      }
      let count = region.count / recordLength
      for record in 0..<count {
        let label = unsafe region.start[record * recordLength]
        guard label < classNames.count else {
          throw DatasetError(
            .content, "CIFAR-10 file \(path) has label \(label) in record \(record); 0 to 9 are accepted.")
        }
        labels.append(label)
      }
      segments.append(ImageSet.Segment(region: region, offset: 1, stride: recordLength, count: count))
    }
    return ImageSet(shape: shape, classNames: classNames, labels: labels, segments: segments)
  }
}
