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
      for i in 0..<shape.area { unsafe target[i] = values[Int(source[i])] }
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
