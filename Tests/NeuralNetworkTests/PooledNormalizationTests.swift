import OneDNN
import Parameters
import Testing

/// The kernels that normalize, rectify and pool at once. That they agree with plain loops is tested on whole networks.
@Suite struct PooledNormalizationTests {
  /// Extents and windows of each kind: whole and partial blocks, disjoint windows with and without a rest, overlapping ones, and
  /// planes of more than a tile.
  static let layers: [PooledLayer] = [
    PooledLayer(channels: 16, height: 6, width: 4, window: 2, stride: 2),
    PooledLayer(channels: 21, height: 7, width: 9, window: 2, stride: 2, rectifies: false),
    PooledLayer(channels: 32, height: 16, width: 17, window: 3, stride: 2, padding: 1),
    PooledLayer(channels: 5, height: 5, width: 6, window: 2, stride: 3),
    PooledLayer(channels: 17, height: 8, width: 6, window: 5, stride: 1, padding: 2, rectifies: false),
  ]

  @Test("all instruction sets give the same bits", arguments: layers, [TensorDescriptor.Element.float32, .bfloat16])
  func instructionSets(layer: PooledLayer, element: TensorDescriptor.Element) {
    let expected = layer.run(block: 16, element, on: .plain)
    for set in InstructionSet.available { #expect(layer.run(block: 16, element, on: set) == expected) }
    #expect(Set(expected.gradient).count > layer.channels, "the gradient is no constant")
  }

  @Test("a channel's bits are the same in a block of 8 and of 16", arguments: layers)
  func blocks(layer: PooledLayer) {
    for set in InstructionSet.available {
      #expect(layer.run(block: 8, .float32, on: set) == layer.run(block: 16, .float32, on: .plain))
    }
  }

  @Test("an input of floats gives what its bfloat16 numbers give", arguments: layers)
  func floatInput(layer: PooledLayer) {
    let expected = layer.run(block: 16, .bfloat16, on: .plain)
    for set in InstructionSet.available {
      #expect(layer.run(block: 16, .bfloat16, input: .float32, on: set) == expected)
    }
  }

  @Test("among equal outputs the first wins, and what ReLU cuts off passes no gradient on")
  func ties() {
    var layer = PooledLayer(samples: 1, channels: 1, height: 2, width: 6, window: 2, stride: 2)
    // Windows: all equal and positive, the last two equal, all negative. The mean of all is 0.
    layer.input = [2, 2, 1, 1, -4, -5, 2, 2, 3, 3, -4, -3]
    let result = layer.run(block: 8, .float32, on: .plain)
    #expect(result.winners == [0, 2, 255])
    #expect(result.output[2] == 0 && result.output[0] > 0)
    // Of the offset: as many gradients as windows are open.
    #expect(result.dbeta == [layer.slopes[0] + layer.slopes[1]])
  }

  @Test("what is not a number reaches every output of its channel, and no other channel")
  func notANumber() {
    var layer = PooledLayer(channels: 3, height: 4, width: 4, window: 2, stride: 2)
    layer.input[16 + 5] = .nan
    for set in InstructionSet.available {
      let outputs = layer.run(block: 16, .float32, on: set).output.map(\.isNaN)
      // Channels are the second index of samples × channels × pixels.
      let channels = (0..<outputs.count).map { $0 / 4 % 3 }
      for (isNaN, channel) in zip(outputs, channels) { #expect(isNaN == (channel == 1)) }
    }
  }

  @Test("in evaluation what is not a number reaches the outputs whose windows hold it", arguments: [0, 5, 15])
  func notANumberInEvaluation(pixel: Int) {
    var layer = PooledLayer(samples: 1, channels: 1, height: 4, width: 4, window: 3, stride: 1)
    layer.input[pixel] = .nan
    for set in InstructionSet.available {
      let outputs = layer.evaluate(block: 8, on: set)
      for (index, output) in outputs.enumerated() {
        let (row, column) = (index / 2, index % 2)
        let holds = (row..<(row + 3)).contains(pixel / 4) && (column..<(column + 3)).contains(pixel % 4)
        #expect(output.isNaN == holds)
      }
    }
  }

  @Test("statistics far from zero are as exact as the numbers allow")
  func farFromZero() {
    var layer = PooledLayer(channels: 2, height: 20, width: 20, window: 2, stride: 2)
    layer.input = layer.input.map { 1_000_000 + $0 }
    let exact = (0..<2).map { channel in
      let starts = (0..<layer.samples).map { ($0 * 2 + channel) * 400 }
      let values = starts.flatMap { layer.input[$0..<($0 + 400)].map(Double.init) }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { (sum: Double, x: Double) in sum + (x - mean) * (x - mean) }
      return (mean, squares / count)
    }
    let result = layer.run(block: 16, .float32, on: .plain)
    for (channel, (mean, variance)) in exact.enumerated() {
      #expect(abs(Double(result.mean[channel]) - mean) <= Double(Float(mean).ulp))
      #expect(abs(Double(result.variance[channel]) / variance - 1) < 1e-5)
    }
  }
}
