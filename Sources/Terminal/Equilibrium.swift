package import Records

/// Which layers have reached the equilibrium that the predictions are about, and what the others lack.
package struct Equilibrium {
  package let text: String

  /// - Parameter steps: that the run has had.
  /// - Returns: `nil` where no layer has an equilibrium to reach.
  package init?(of layers: [RunResult.Layer], after steps: Int) {
    let predicted = layers.filter { $0.isInEquilibrium != nil }
    guard !predicted.isEmpty else { return nil }
    func names(_ some: [RunResult.Layer]) -> String {
      some.count == layers.count ? "all layers" : some.map(\.name).joined(separator: ", ")
    }
    let rest = predicted.filter { $0.isInEquilibrium == false }
    guard !rest.isEmpty else {
      text = "in equilibrium: \(names(predicted))"
      return
    }
    let needed = rest.compactMap(\.equilibriumTimeConstant).max() ?? 0
    text =
      needed > Double(steps)
      ? "not yet in equilibrium: \(names(rest)); it takes about \(Numbers.rough(needed)) steps, and the run had \(steps)"
      : "not in equilibrium: \(names(rest))"
  }
}
