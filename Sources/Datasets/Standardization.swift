import Parameters

/// The map from bytes to network inputs: (x / 255 − mean) / deviation, channel by channel.
package struct Standardization: Hashable, Sendable, Codable {
  /// Per channel over the training images, on the scale 0 to 1.
  package let mean: [Double]
  /// Population standard deviation on the same scale; 1 for a channel that never varies.
  package let deviation: [Double]

  package init(mean: [Double], deviation: [Double]) {
    precondition(mean.count == deviation.count && deviation.allSatisfy { $0 > 0 }, "one positive deviation per channel")
    self.mean = mean
    self.deviation = deviation
  }

  /// Computed from exact integer sums over all `images`, so the result is independent of order and machine.
  package init(of images: ImageSet) {
    let (channels, plane, width) = (images.shape.channels, images.shape.area, images.shape.width)
    var sums = [UInt64](repeating: 0, count: channels)
    var squares = [UInt64](repeating: 0, count: channels)
    for index in 0..<images.count {
      let pixels = unsafe images.pixels(of: index)
      for channel in 0..<channels {
        for row in stride(from: channel * plane, to: (channel + 1) * plane, by: width) {
          // A row of 1024 squares of bytes stays far below 2³².
          var (sum, square): (UInt32, UInt32) = (0, 0)
          for i in row..<(row + width) {
            let value = unsafe UInt32(pixels[i])
            sum &+= value
            square &+= value &* value
          }
          sums[channel] += UInt64(sum)
          squares[channel] += UInt64(square)
        }
      }
    }
    let count = UInt64(images.count * plane)
    mean = sums.map { Double($0) / (255 * Double(count)) }
    deviation = zip(sums, squares).map { sum, square in
      let variance = UInt128(count) * UInt128(square) - UInt128(sum) * UInt128(sum)  // times count²
      return variance == 0 ? 1 : Double(variance).squareRoot() / (255 * Double(count))
    }
  }

  /// The standardized value of byte v in channel c at 256 c + v, computed in `Double` and rounded once.
  package func table<Scalar: BinaryFloatingPoint>() -> [Scalar] {
    zip(mean, deviation).flatMap { mean, deviation in
      (0..<256).map { Scalar((Double($0) / 255 - mean) / deviation) }
    }
  }
}
