import NeuralNetwork
import Parameters

/// Pseudorandom numbers that are exact in `Double`, so that `Fixtures/generate.py` can reproduce them.
enum Formula {
  /// On [−½, ½): a mixed 32-bit hash of position `index` in `stream`.
  static func value(_ stream: Int, _ index: Int) -> Double {
    var h = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ UInt32(stream + 1) &* 2_246_822_519
    h ^= h >> 15
    h = h &* 2_246_822_519
    h ^= h >> 13
    return Double(h) * 0x1p-32 - 0.5
  }

  /// Weights of He's variance but uniform, γ around 1, running variances around 1, everything else around 0.
  static func weights(_ layout: ParameterLayout) -> [Double] {
    layout.parameters.enumerated().flatMap { index, parameter in
      (0..<parameter.shape.count).map { element in
        let u = value(index, element)
        return switch parameter.role {
        case .weight: u * (24 / Double(parameter.filterLength)).squareRoot()
        case .gamma: 1 + 0.4 * u
        case .runningVariance: 1 + u
        case .beta, .bias, .runningMean: 0.4 * u
        }
      }
    }
  }

  static func images(_ shape: ImageShape, samples: Int) -> [Double] {
    (0..<(samples * shape.count)).map { 2 * value(1000, $0) }
  }

  static func labels(samples: Int, classes: Int) -> [UInt8] {
    (0..<samples).map { UInt8(($0 * $0 + 3 * $0) % classes) }
  }
}
