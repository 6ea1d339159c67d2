import Parameters
import Testing

/// Tensor by tensor, relative to the tensor's largest element.
func expectClose(_ a: [Float], _ b: [Double], _ layout: ParameterLayout, tolerance: Double) {
  for (index, parameter) in layout.parameters.enumerated() {
    let range = layout.range(of: index)
    let largest = range.map { abs(b[$0]) }.max() ?? 0
    let worst = range.map { abs(Double(a[$0]) - b[$0]) }.max() ?? 0
    #expect(worst <= tolerance * largest, "\(parameter.name): off by \(worst) of \(largest)")
  }
}
