extension Statistic {
  /// mean, standard deviation (divided by the count), min and max of `values`; all `nil` if there are none.
  static func moments(of values: [Double]) -> [MetricValue] {
    let count = Double(values.count)
    let center = average(values.reduce(0, +), over: count)
    let squares = values.reduce(0) { sum, value in sum + (value - (center ?? 0)) * (value - (center ?? 0)) }
    return [
      MetricValue(.mean, center), MetricValue(.std, rootMean(squares, over: count)), MetricValue(.min, values.min()),
      MetricValue(.max, values.max()),
    ]
  }
}

/// ‖values‖₂; `nil` if there are no elements.
func norm(of elements: [ElementWindow]) -> MetricValue {
  MetricValue(.layer, elements.isEmpty ? nil : length(elements.map(\.value)))
}

/// ‖updates‖/‖values‖.
func relativeUpdate(of elements: [ElementWindow]) -> MetricValue {
  MetricValue(.layer, average(length(elements.map(\.update)), over: length(elements.map(\.value))))
}
