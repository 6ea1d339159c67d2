import Optimization
package import Specification
import Terminal

extension RunSpec {
  /// The run in one line: network, data, optimizer, what shrinks the weights, seed.
  package var headline: String {
    var parts = [
      "\(network.preset.rawValue) on \(dataset.name.rawValue)",
      "\(optimizer.name.rawValue) η \(Numbers.short(learningRate))",
    ]
    if decay > 0 {
      parts.append(isDecoupled ? "weightDecay \(Numbers.short(decay))" : "l2 \(Numbers.short(decay / 2))")
    }
    if projection != .none { parts.append("projected by \(projection.rawValue)") }
    return (parts + ["seed \(seed)"]).joined(separator: " · ")
  }
}
