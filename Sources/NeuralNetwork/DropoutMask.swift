import Parameters

extension Architecture {
  /// The mask of each dropout layer, in network order.
  func dropoutMasks(seed: UInt64) -> [DropoutMask] {
    var masks: [DropoutMask] = []
    for stage in stages {
      guard case .dropout(let rate) = stage.layer else { continue }
      masks.append(DropoutMask(layer: masks.count, count: stage.input.count, rate: rate, seed: seed))
    }
    return masks
  }
}

/// The mask of one dropout layer, as a pure function of (seed, layer, sample): whoever computes a sample draws the same.
///
/// Element e of sample n is 0 if the random word at position (layer, n, e) is below rate · 2³², and 1 / (1 − rate) otherwise, so
/// that its mean is 1. Elements are in plain order: channels, rows, columns.
struct DropoutMask {
  /// Elements of one sample.
  let count: Int
  private let layer: Int
  private let rate: Double
  private let random: CounterRandom

  /// - Parameter layer: its number among the network's dropout layers.
  init(layer: Int, count: Int, rate: Double, seed: UInt64) {
    self.layer = layer
    self.count = count
    self.rate = rate
    random = CounterRandom(seed: seed, purpose: .dropout)
  }

  /// - Parameter firstSample: n of the first of `samples` consecutive samples of the training stream.
  func draw<Scalar: KernelScalar>(firstSample: Int, samples: Int, into mask: UnsafeMutablePointer<Scalar>) {
    let threshold = UInt32(rate * 0x1p32)
    let kept = Scalar(1 / (1 - rate))
    let blocks = (count + 3) / 4
    for sample in 0..<samples {
      let row = unsafe mask + sample * count
      for block in 0..<blocks {
        let words = random.words(layer, (firstSample + sample) * blocks + block)
        for lane in 0..<min(4, count - 4 * block) {
          unsafe row[4 * block + lane] = words[lane] < threshold ? 0 : kept
        }
      }
    }
  }
}
