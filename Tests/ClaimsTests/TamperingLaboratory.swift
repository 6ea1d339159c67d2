import Claims
import Foundation
import Records
import Specification

/// A laboratory with a fault: what is asked for is changed before it is trained, or what came of it before it is read.
struct TamperingLaboratory: Laboratory {
  let inner: any Laboratory
  let fault: Fault

  func train(_ specs: [RunSpec]) throws -> [Observation] {
    try inner.train(specs.map(fault.tamper)).map(fault.falsify)
  }
}

/// What is wrong with the system that is judged.
struct Fault: Sendable, CustomStringConvertible {
  let description: String
  /// The one claim of 1 to 10 that has to turn red.
  let claim: Int
  var tamper: @Sendable (RunSpec) -> RunSpec = { $0 }
  var falsify: @Sendable (Observation) -> Observation = { $0 }
}

/// Remembers observations, so that many judgments share one training.
final class RememberingLaboratory: Laboratory {
  private let inner: any Laboratory
  private var seen: [RunSpec: Observation] = [:]

  init(_ inner: any Laboratory) { self.inner = inner }

  func train(_ specs: [RunSpec]) throws -> [Observation] {
    let unseen = specs.filter { seen[$0] == nil }
    for (spec, observation) in zip(unseen, try inner.train(unseen)) { seen[spec] = observation }
    return specs.compactMap { seen[$0] }
  }
}
