import Optimization
import Parameters

extension RunSpec {
  /// The real fields that enter the arithmetic in `Double`: the schedule's factors and the length.
  private static let countedInDouble: Set<String> = ["epochs", "schedule.factor", "schedule.final"]

  /// Refuses numbers that the arithmetic of `precision` does not have: what would become 0, infinite or one that the field
  /// refuses, such as a momentum of 1.
  func checkPrecision() throws(SpecError) {
    guard precision.elementType == .float32 else { return }
    for field in SpecField.all where field.determinesBits && !Self.countedInDouble.contains(field.path) {
      guard let accepts = field.acceptsReal, case .number(let number) = field.read(self) else { continue }
      // The penalty's gradient has the factor 2λ.
      let factor = field.path.hasSuffix("l2") ? 2.0 : 1
      let held = Double(Float(factor * number)) / factor
      guard number != 0 else { continue }
      guard held.isFinite, abs(factor * number) >= Double(Float.leastNormalMagnitude), accepts(held) else {
        throw SpecError(
          field: field.path,
          "\(field.path) is \(number), which precision \(precision.rawValue) makes \(Float(factor * number)); accepted there: "
            + "\(field.accepted), from 1.2e-38 to 3.4e38 unless 0; or precision double.")
      }
    }
  }

  /// The kernels multiply by 1 − η · weightDecay, rounded once.
  var decaysNothing: Bool {
    guard precision.elementType == .float32, optimizer.name.rule.decay == SGD.decay else { return false }
    return Parameter.Group.allCases.compactMap(hyperparameters).contains { group in
      let product = group.learningRate * group.weightDecay
      return product > 0 && Float(1 - product) == 1
    }
  }
}
