import OneDNN
import Parameters

/// A layer that normalizes by the statistics of the microbatch, and in evaluation by the running ones.
protocol OneDNNBatchStatistics: OneDNNLayer {
  var stage: Stage { get }
  /// Position of the training operation in the forward list; evaluation replaces it.
  var position: Int { get }
  /// Of the microbatch, one number for each channel. Valid between the forward and the backward pass.
  var mean: Memory { get }
  /// The biased one.
  var variance: Memory { get }

  /// Adds the operation of evaluation, which takes the running statistics.
  func appendEvaluation(mean: Memory, variance: Memory, in program: Program) throws(OneDNNError)
}

extension OneDNNBatchStatistics {
  /// Adds the operation of evaluation: running statistics in, what the layer hands on out.
  func evaluation(in program: Program) throws(OneDNNError) {
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    try appendEvaluation(
      mean: program.parameter(channels, at: stage.offset(.runningMean), as: plain),
      variance: program.parameter(channels, at: stage.offset(.runningVariance), as: plain), in: program)
  }

  /// Writes the mean of the microbatch and its unbiased variance to their positions in the flat vector. Valid between
  /// the forward and the backward pass.
  func storeStatistics(into gradient: UnsafeMutablePointer<Float>, samples: Int) {
    guard let mean = unsafe mean.floats, let variance = unsafe variance.floats else { return }
    let count = Float(samples * stage.input.area)
    let unbias = count / (count - 1)
    let runningMean = unsafe gradient + stage.offset(.runningMean)
    let runningVariance = unsafe gradient + stage.offset(.runningVariance)
    for c in 0..<stage.input.channels {
      unsafe runningMean[c] = mean[c]
      unsafe runningVariance[c] = variance[c] * unbias
    }
  }
}
