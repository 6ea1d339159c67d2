/// How the learning rate changes over the steps: η_t = η · (warm-up factor) · (schedule factor).
package struct ScheduleSpec: Hashable, Sendable {
  package var name = Name.constant  // an equilibrium needs a constant rate
  package var warmup = 0  // steps over which η rises linearly, the first at η/warmup
  package var every: Int?  // steps between two changes of `step`; required there
  package var factor: Double?  // η is multiplied by it at each change of `step`
  package var changes: Int?  // how often `step` changes η; `nil`: to the end
  package var final: Double?  // last η of `cosine`, as a fraction of the first

  package init() {}

  package enum Name: String, SpecChoice {
    case constant, step, cosine
  }

  package static let defaultFactor = 0.1
  package static let defaultFinal = 0.0
}
