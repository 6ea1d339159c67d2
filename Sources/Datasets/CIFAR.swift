import Parameters

/// The binary version of the CIFAR sets: records of one or two labels and 3×32×32 pixels, without padding.
///
/// - Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
struct CIFAR {
  static let shape = ImageShape(channels: 3, height: 32, width: 32)

  let title: String
  let classNames: [String]
  /// Bytes before the pixels, and which of them is the label to learn.
  let labels: (count: Int, index: Int)

  var recordLength: Int { labels.count + Self.shape.count }

  func read(_ paths: [String]) throws(DatasetError) -> ImageSet {
    var files: [(path: String, region: ByteRegion)] = []
    for path in paths { files.append((path, try ByteRegion(mapping: path))) }
    return try read(files)
  }

  /// - Parameter files: the bytes of each file, and its name for messages.
  func read(_ files: [(path: String, region: ByteRegion)]) throws(DatasetError) -> ImageSet {
    var values: [UInt8] = []
    var segments: [ImageSet.Segment] = []
    for (path, region) in files {
      guard region.count.isMultiple(of: recordLength) else {
        throw DatasetError(
          .content, "\(title) file \(path) has \(region.count) bytes; a multiple of \(recordLength) is accepted.")
      }
      let count = region.count / recordLength
      for record in 0..<count {
        let label = unsafe region.start[record * recordLength + labels.index]
        guard label < classNames.count else {
          throw DatasetError(
            .content,
            "\(title) file \(path) has label \(label) in record \(record); 0 to \(classNames.count - 1) are accepted.")
        }
        values.append(label)
      }
      segments.append(ImageSet.Segment(region: region, offset: labels.count, stride: recordLength, count: count))
    }
    return ImageSet(shape: Self.shape, classNames: classNames, labels: values, segments: segments)
  }
}
