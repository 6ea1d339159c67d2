import Foundation
import Parameters

/// Softmax cross-entropy: for scores z and targets q, which sum to 1, the loss is log Σⱼ exp(zⱼ) − Σⱼ qⱼzⱼ, its gradient
/// softmax(z) − q. With label smoothing ε, q = (1 − ε) e_y + ε / K for label y of K classes.
///
/// Everything is computed in `Double`, sample by sample, after subtracting the largest score.
enum SoftmaxCrossEntropy {
  /// - Parameters:
  ///   - scores: [count, classes].
  ///   - smoothing: ε.
  ///   - gradient: receives the gradient of the summed loss in the same shape.
  static func evaluate<Scalar: KernelScalar>(
    scores: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int, classes: Int, smoothing: Double = 0,
    gradient: UnsafeMutablePointer<Scalar>?
  ) -> Tally {
    var lossSum = 0.0
    var correct = 0
    var exponentials = [Double](repeating: 0, count: classes)
    for sample in 0..<count {
      let label = unsafe Int(labels[sample])
      precondition(label < classes, "label \(label) is not below the number of classes, \(classes)")
      let row = unsafe scores + sample * classes
      var best = 0
      for j in 1..<max(classes, 1) where unsafe row[j] > row[best] { best = j }
      let largest = unsafe Double(row[best])
      var sum = 0.0
      for j in 0..<classes {
        exponentials[j] = unsafe exp(Double(row[j]) - largest)
        sum += exponentials[j]
      }
      var aim = unsafe Double(row[label])
      if smoothing > 0 {
        var scores = 0.0
        for j in 0..<classes { unsafe scores += Double(row[j]) }
        aim = (1 - smoothing) * aim + smoothing * scores / Double(classes)
      }
      lossSum += log(sum) + largest - aim
      if best == label { correct += 1 }
      guard let gradient = unsafe gradient else { continue }
      for j in 0..<classes {
        let target = (j == label ? 1 - smoothing : 0) + smoothing / Double(classes)
        unsafe gradient[sample * classes + j] = Scalar(exponentials[j] / sum - target)
      }
    }
    return Tally(lossSum: lossSum, correct: correct, samples: count)
  }
}
