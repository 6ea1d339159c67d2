/// How a metric's values over the groups of a layer become one number.
///
/// Those of this version are members; files of other versions may hold others.
package struct Statistic: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
}

extension Statistic {
  /// Of the whole tensor.
  package static let layer = Statistic(rawValue: "layer")
  // Quantiles over the groups; between two values by linear interpolation (NumPy's default, Hyndman and Fan's type 7).
  package static let min = Statistic(rawValue: "min")
  package static let p10 = Statistic(rawValue: "p10")
  package static let p50 = Statistic(rawValue: "p50")
  package static let p90 = Statistic(rawValue: "p90")
  package static let max = Statistic(rawValue: "max")
  /// Root of the mean square over groups, or over groups and steps.
  package static let rms = Statistic(rawValue: "rms")
  /// The value farthest from 0, with its sign.
  package static let extreme = Statistic(rawValue: "extreme")
  /// Over the channels of a normalization, or over samples.
  package static let mean = Statistic(rawValue: "mean")
  /// Over the channels of a normalization; divides by their number.
  package static let std = Statistic(rawValue: "std")
  /// Over all tensors.
  package static let sum = Statistic(rawValue: "sum")
  /// Of what happened in the window.
  package static let count = Statistic(rawValue: "count")
  /// Of the window's last step.
  package static let last = Statistic(rawValue: "last")
}
