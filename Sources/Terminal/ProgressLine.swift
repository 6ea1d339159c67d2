import Foundation

/// The progress of a run as one line.
package struct ProgressLine: Hashable, Sendable {
  package var step: Int
  package let steps: Int
  package let stepsPerEpoch: Double
  package var loss: Double?
  package var testError: Double?
  package var imagesPerSecond: Double?
  /// Remaining seconds at this speed.
  package var remaining: Double?

  package init(steps: Int, stepsPerEpoch: Double) {
    step = 0
    self.steps = steps
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// `step 120/500  epoch 0.8  loss 1.234  test error 40.12 %  1830 images/s  12 s left`
  package var text: String {
    var parts = place
    if let loss { parts.append(String(format: "loss %.4f", loss)) }
    if let testError { parts.append("test error \(Numbers.percent(testError))") }
    if let imagesPerSecond { parts.append("\(Int(imagesPerSecond)) images/s") }
    if let remaining, step < steps { parts.append("\(Numbers.duration(remaining)) left") }
    return parts.joined(separator: "  ")
  }

  private var place: [String] {
    [steps > 0 ? "step \(step)/\(steps)" : "step \(step)"]
      + (stepsPerEpoch > 0 ? [String(format: "epoch %.1f", Double(step) / stepsPerEpoch)] : [])
  }

  /// The part about position and speed.
  var position: String {
    var parts = place
    if let imagesPerSecond { parts.append("\(Int(imagesPerSecond)) images/s") }
    if let remaining, step < steps { parts.append("\(Numbers.duration(remaining)) left") }
    return parts.joined(separator: "  ")
  }
}
