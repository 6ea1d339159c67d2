import Parameters

/// Writes one image through a table of 256 values per channel, shifted and mirrored by `placement`; pixels outside the
/// image are black.
///
/// Specialized here because a generic loop that is called from another module is hundreds of times slower.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func copyPixels<Scalar: BinaryFloatingPoint>(
  _ pixels: UnsafePointer<UInt8>, shape: ImageShape, table: UnsafePointer<Scalar>,
  _ placement: Augmentation.Placement, to image: UnsafeMutablePointer<Scalar>
) {
  let (height, width) = (shape.height, shape.width)
  for channel in 0..<shape.channels {
    let values = unsafe table + 256 * channel
    let source = unsafe pixels + channel * shape.area
    let target = unsafe image + channel * shape.area
    guard placement != Augmentation.Placement() else {
      unsafe copyPixels(source, count: height * width, values, to: target)
      continue
    }
    let black = unsafe values[0]
    for y in 0..<height {
      let row = y + placement.down
      for x in 0..<width {
        let column = (placement.isFlipped ? width - 1 - x : x) + placement.right
        let isInside = row >= 0 && row < height && column >= 0 && column < width
        unsafe target[y * width + x] = isInside ? values[Int(source[row * width + column])] : black
      }
    }
  }
}

/// Eight pixels from one word at a time: the loop waits for its loads.
@inline(__always)
private func copyPixels<Scalar>(
  _ pixels: UnsafePointer<UInt8>, count: Int, _ values: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>
) {
  var i = 0
  while i &+ 8 <= count {
    let word = unsafe UInt64(littleEndian: UnsafeRawPointer(pixels + i).loadUnaligned(as: UInt64.self))
    let place = unsafe target + i
    unsafe place[0] = values[Int(truncatingIfNeeded: word & 0xFF)]
    unsafe place[1] = values[Int(truncatingIfNeeded: word &>> 8 & 0xFF)]
    unsafe place[2] = values[Int(truncatingIfNeeded: word &>> 16 & 0xFF)]
    unsafe place[3] = values[Int(truncatingIfNeeded: word &>> 24 & 0xFF)]
    unsafe place[4] = values[Int(truncatingIfNeeded: word &>> 32 & 0xFF)]
    unsafe place[5] = values[Int(truncatingIfNeeded: word &>> 40 & 0xFF)]
    unsafe place[6] = values[Int(truncatingIfNeeded: word &>> 48 & 0xFF)]
    unsafe place[7] = values[Int(truncatingIfNeeded: word &>> 56)]
    i &+= 8
  }
  while i < count {
    unsafe target[i] = values[Int(pixels[i])]
    i &+= 1
  }
}
