/// What departs from the run's own rate and penalty, by parameter group.
package struct GroupsSpec: Hashable, Sendable {
  package var weights = GroupSpec()
  package var gammaBeta = GroupSpec()
  package var head = GroupSpec()

  package init() {}
}

/// Rate and penalty of one parameter group; `nil` takes the default that `RunSpec.hyperparameters(of:)` defines.
package struct GroupSpec: Hashable, Sendable {
  package var learningRate: Double?  // η of this group, before the schedule; 0 freezes it
  package var l2: Double?  // λ
  package var weightDecay: Double?  // decoupled
  package var epsilon: Double?  // ε of the optimizer

  package init() {}
}
