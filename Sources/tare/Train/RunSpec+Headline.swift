import Optimization
import Specification
import Terminal

extension RunSpec {
  /// The run in one line: network, data, rule, what shrinks the weights, seed.
  var headline: String {
    var parts = [
      "\(network.preset.rawValue) on \(dataset.name.rawValue)", "\(rule.name.rawValue) η \(Numbers.short(rule.rate))",
    ]
    let (l2, decay) = (l2 ?? 0, weightDecay ?? 0)
    if l2 > 0 { parts.append("l2 \(Numbers.short(l2))") }
    if decay > 0 { parts.append("weightDecay \(Numbers.short(decay))") }
    if projection != .none { parts.append("projected by \(projection.rawValue)") }
    return (parts + ["seed \(seed)"]).joined(separator: " · ")
  }
}
