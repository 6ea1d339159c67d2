import Parameters

/// Windows along both axes of a pooling layer, including global pooling.
struct PoolGeometry: Hashable {
  let input: ImageShape
  let output: ImageShape
  /// Height and width.
  let window: [Int]
  let stride: [Int]
  let padding: [Int]

  init(_ stage: Stage, _ window: Layer.Window) {
    input = stage.input
    output = stage.output
    self.window = [window.size, window.size]
    stride = [window.stride, window.stride]
    padding = [window.padding, window.padding]
  }

  init(global stage: Stage) {
    input = stage.input
    output = stage.output
    window = [input.height, input.width]
    stride = [1, 1]
    padding = [0, 0]
  }

  /// Rows of the image in the window of output row `y`.
  func rows(_ y: Int) -> Range<Int> { span(y, axis: 0, extent: input.height) }

  /// Columns of the image in the window of output column `x`.
  func columns(_ x: Int) -> Range<Int> { span(x, axis: 1, extent: input.width) }

  private func span(_ position: Int, axis: Int, extent: Int) -> Range<Int> {
    let first = position * stride[axis] - padding[axis]
    return max(0, first)..<min(extent, first + window[axis])
  }
}
