package import NeuralNetwork
import Parameters

/// Nominal floating-point operations for one image: 2 for each multiply-add, padding counted as if it were data;
/// convolutions and dense layers only. Fast algorithms do fewer, so a speed made from them is an *effective* one.
extension Architecture {
  package var forwardOperations: Double { operationsByStage.reduce(0, +) }

  /// Forward, gradient of the weights, and gradient of the data for all layers but the first.
  package var trainingOperations: Double {
    3 * forwardOperations - (operationsByStage.first { $0 > 0 } ?? 0)
  }

  private var operationsByStage: [Double] {
    stages.map { stage in
      switch stage.layer {
      case .convolution(let outputs, let kernel, _):
        2 * Double(kernel * kernel * stage.input.channels * outputs * stage.output.area)
      case .dense(let outputs): 2 * Double(stage.input.count * outputs)
      default: 0
      }
    }
  }
}
