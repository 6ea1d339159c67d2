import Foundation
import Parameters

/// Softmax cross-entropy: for scores z and label y the loss is log Σⱼ exp(zⱼ) − z_y, its gradient softmax(z) − e_y.
///
/// Everything is computed in `Double`, sample by sample, after subtracting the largest score.
enum SoftmaxCrossEntropy {
  /// - Parameters:
  ///   - scores: [count, classes].
  ///   - gradient: receives the gradient of the summed loss in the same shape.
  static func evaluate<Scalar: KernelScalar>(
    scores: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int, classes: Int,
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
      lossSum += unsafe log(sum) + largest - Double(row[label])
      if best == label { correct += 1 }
      guard let gradient = unsafe gradient else { continue }
      for j in 0..<classes {
        unsafe gradient[sample * classes + j] = Scalar(exponentials[j] / sum - (j == label ? 1 : 0))
      }
    }
    return Tally(lossSum: lossSum, correct: correct, samples: count)
  }
}
