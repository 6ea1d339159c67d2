package import PNG
import Parameters

/// Some images of each class beside each other, a row for each class, on white.
package enum ContactSheet {
  /// Images of a class, as far as it has that many.
  package static let columns = 10
  private static let gap = 2

  /// Small images are drawn at twice their size; of large ones every second, third, … pixel is drawn.
  package static func draw(_ images: ImageSet) -> Bitmap {
    let shape = images.shape
    let side = max(shape.height, shape.width)
    let (scale, step) = side <= 48 ? (2, 1) : (1, (side + 127) / 128)
    let (height, width) = ((shape.height + step - 1) / step * scale, (shape.width + step - 1) / step * scale)
    var sheet = Bitmap(
      width: columns * (width + gap) + gap, height: images.classNames.count * (height + gap) + gap,
      channels: shape.channels, filledWith: 255)
    var drawn = [Int](repeating: 0, count: images.classNames.count)
    for (index, label) in images.labels.enumerated() where drawn[Int(label)] < columns {
      let (left, top) = (gap + drawn[Int(label)] * (width + gap), gap + Int(label) * (height + gap))
      drawn[Int(label)] += 1
      let pixels = images.bytes(of: index)
      for y in 0..<height {
        for x in 0..<width {
          let source = y / scale * step * shape.width + x / scale * step
          let target = ((top + y) * sheet.width + left + x) * shape.channels
          for channel in 0..<shape.channels { sheet.values[target + channel] = pixels[channel * shape.area + source] }
        }
      }
    }
    return sheet
  }
}
