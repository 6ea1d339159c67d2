import Parameters

extension NPYArray {
  /// Images of bytes, in C order: N×H×W, N×C×H×W or N×H×W×C, where C is 1 or 3.
  ///
  /// Only channels that come last are copied.
  func images() throws(DatasetError) -> (shape: ImageShape, segment: ImageSet.Segment) {
    guard header.element.kind == .unsigned, header.element.byteCount == 1 else {
      let scaling =
        header.element.kind == .float
        ? ", which (255 * x).round().astype(numpy.uint8) makes of values from 0 to 1" : ""
      throw DatasetError(
        .content, "NumPy array \(path) has images of \(header.element.name); accepted: uint8\(scaling).")
    }
    let (shape, isChannelsLast) = try layout()
    let count = header.extents[0]
    guard count > 0 else { throw DatasetError(.content, "NumPy array \(path) has 0 images; accepted: at least 1.") }
    for side in [shape.height, shape.width] where !(1...1024).contains(side) {
      throw DatasetError(.content, "NumPy array \(path) has images with side \(side); accepted: 1 to 1024.")
    }
    guard isChannelsLast, shape.channels > 1 else {
      return (shape, ImageSet.Segment(region: region, offset: offset, stride: shape.count, count: count))
    }
    let planes = try unsafe ByteRegion(count: count * shape.count) { (room) throws(DatasetError) in
      unsafe Self.splitChannels(elements, of: shape, into: room)
    }
    return (shape, ImageSet.Segment(region: planes, offset: 0, stride: shape.count, count: count))
  }

  /// The extents of an image, and whether its channels come last.
  private func layout() throws(DatasetError) -> (ImageShape, isChannelsLast: Bool) {
    let extents = header.extents
    switch extents.count {
    case 3: return (ImageShape(channels: 1, height: extents[1], width: extents[2]), false)
    case 4:
      switch ([1, 3].contains(extents[1]), [1, 3].contains(extents[3])) {
      case (true, false): return (ImageShape(channels: extents[1], height: extents[2], width: extents[3]), false)
      case (false, true): return (ImageShape(channels: extents[3], height: extents[1], width: extents[2]), true)
      case (true, true), (false, false):
        throw DatasetError(
          .content,
          "NumPy array \(path) has extents \(extentsText), where either the second or the last must be the 1 or 3 "
            + "channels; accepted: N×C×H×W and N×H×W×C.")
      }
    default:
      throw DatasetError(
        .content, "NumPy array \(path) has extents \(extentsText); accepted: N×H×W, N×C×H×W and N×H×W×C.")
    }
  }

  /// HWC to CHW, image by image.
  private static func splitChannels(
    _ pixels: UnsafeBufferPointer<UInt8>, of shape: ImageShape, into room: UnsafeMutableBufferPointer<UInt8>
  ) {
    let (channels, area) = (shape.channels, shape.area)
    for first in stride(from: 0, to: pixels.count, by: shape.count) {
      for channel in 0..<channels {
        for i in 0..<area {
          unsafe room[first &+ channel &* area &+ i] = pixels[first &+ i &* channels &+ channel]
        }
      }
    }
  }

  /// Labels of any integer type, N or N×1.
  ///
  /// - Parameter classCount: `nil` for as many as there are.
  func labels(classCount: Int?) throws(DatasetError) -> [UInt8] {
    let element = header.element
    guard element.kind == .signed || element.kind == .unsigned else {
      throw DatasetError(
        .content, "NumPy array \(path) has labels of \(element.name); accepted: an integer type, such as int64.")
    }
    guard header.extents.count == 1 || header.extents.count == 2 && header.extents[1] == 1 else {
      throw DatasetError(.content, "NumPy array \(path) has extents \(extentsText); accepted: labels of N or N×1.")
    }
    let greatest = (classCount ?? 256) - 1
    var labels: [UInt8] = []
    labels.reserveCapacity(header.extents[0])
    for index in 0..<header.extents[0] {
      let value = number(index)
      guard (0...Int128(greatest)).contains(value) else {
        throw DatasetError(
          .content, "NumPy array \(path) has label \(value) at \(index); accepted: 0 to \(greatest).")
      }
      labels.append(UInt8(value))
    }
    return labels
  }

  /// An integer element.
  private func number(_ index: Int) -> Int128 {
    let size = header.element.byteCount
    var word: UInt64 = 0
    for byte in 0..<size { word |= unsafe UInt64(elements[index * size + byte]) << (8 * byte) }
    guard header.element.kind == .signed else { return Int128(word) }
    let shift = 64 - 8 * size
    return Int128(Int64(bitPattern: word << shift) >> shift)
  }

  private var extentsText: String { Shape.text(of: header.extents) }
}
