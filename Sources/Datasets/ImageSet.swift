package import Parameters

/// Labeled images as bytes, in a fixed order. Image i is CHW, 0 to 255.
///
/// The images are not copied (mapped files, or one block of memory); copies of the value share them.
@safe package struct ImageSet: Sendable {
  package let shape: ImageShape
  /// The meaning of the labels 0, 1, ….
  package let classNames: [String]
  /// `labels[i]` is below `classNames.count`.
  package let labels: [UInt8]
  private let segments: [Segment]

  /// Images at a constant stride in one region.
  struct Segment {
    let region: ByteRegion
    /// Offset of the first image and distance between consecutive images, in bytes.
    let offset: Int
    let stride: Int
    let count: Int
  }

  init(shape: ImageShape, classNames: [String], labels: [UInt8], segments: [Segment]) {
    precondition(labels.count <= segments.reduce(0) { $0 + $1.count }, "every label has an image")
    for segment in segments {
      let end = segment.offset + segment.stride * (segment.count - 1) + shape.count
      precondition(
        segment.count > 0 && segment.stride >= shape.count && end <= segment.region.count, "images in bounds")
    }
    self.shape = shape
    self.classNames = classNames
    self.labels = labels
    self.segments = segments
  }

  package var count: Int { labels.count }

  /// A sentence if all images are of one class: nothing can be learned from them.
  package var oneClassNote: String? {
    guard let label = labels.first, labels.allSatisfy({ $0 == label }) else { return nil }
    let images = count == 1 ? "The one training image is" : "All \(count) training images are"
    return "\(images) of class \(classNames[Int(label)]): there is nothing to tell apart."
  }

  /// A copy of the bytes of image `index`.
  package func bytes(of index: Int) -> [UInt8] {
    unsafe Array(UnsafeBufferPointer(start: pixels(of: index), count: shape.count))
  }

  /// The first byte of image `index`; valid while this value lives.
  func pixels(of index: Int) -> UnsafePointer<UInt8> {
    precondition(labels.indices.contains(index), "image \(index) of \(count)")
    var index = index
    for segment in segments {
      if index < segment.count { return unsafe segment.region.start + segment.offset + segment.stride * index }
      index -= segment.count
    }
    preconditionFailure("every label has an image")
  }

  /// Lends the pixels of all images in their order, as few runs of bytes as there are.
  func forEachRun(_ body: (UnsafeRawBufferPointer) -> Void) {
    var left = count
    for segment in segments where left > 0 {
      let images = min(left, segment.count)
      left -= images
      let first = unsafe segment.region.start + segment.offset
      if segment.stride == shape.count {
        unsafe body(UnsafeRawBufferPointer(start: first, count: images * shape.count))
      } else {
        for image in 0..<images {
          unsafe body(UnsafeRawBufferPointer(start: first + image * segment.stride, count: shape.count))
        }
      }
    }
  }

  /// The first images only.
  func prefix(_ limit: Int?) -> ImageSet {
    ImageSet(
      shape: shape, classNames: classNames, labels: Array(labels.prefix(limit ?? count)), segments: segments)
  }
}
