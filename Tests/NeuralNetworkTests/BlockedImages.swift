import OneDNN
import Parameters

/// Images in blocks of channels; zeros beyond the last channel.
struct BlockedImages {
  private let words: Buffer<Float>
  private let samples: Int
  private let channels: Int
  private let pixels: Int
  private let block: Int
  private let element: TensorDescriptor.Element

  init(_ rows: [Float], _ channels: Int, _ pixels: Int, _ block: Int, _ element: TensorDescriptor.Element) {
    (self.channels, self.pixels, self.block, self.element) = (channels, pixels, block, element)
    samples = rows.count / (channels * pixels)
    words = Buffer(count: samples * ((channels + block - 1) / block) * block * pixels)
    for (index, value) in zip(indices, rows) {
      if element == .float32 {
        unsafe words.start[index] = value
      } else {
        unsafe halves[index] = UInt16((value.bitPattern &+ 0x8000) >> 16)
      }
    }
  }

  /// Of 0 in the same layout.
  init(like other: BlockedImages) {
    let zeros = [Float](repeating: 0, count: other.samples * other.channels * other.pixels)
    self.init(zeros, other.channels, other.pixels, other.block, other.element)
  }

  var start: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(words.start) }
  var count: Int { samples * ((channels + block - 1) / block) * block * pixels }

  /// Of the elements in rows, where they lie in blocks.
  var indices: [Int] {
    let blocks = (channels + block - 1) / block
    return (0..<samples).flatMap { sample in
      (0..<channels).flatMap { channel in
        (0..<pixels).map { ((sample * blocks + channel / block) * pixels + $0) * block + channel % block }
      }
    }
  }

  var rows: [Float] {
    indices.map { index in
      if element == .float32 { return unsafe words.start[index] }
      return unsafe Float(bitPattern: UInt32(halves[index]) << 16)
    }
  }

  private var halves: UnsafeMutablePointer<UInt16> { unsafe start.assumingMemoryBound(to: UInt16.self) }
}
