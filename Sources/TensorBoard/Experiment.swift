/// What the HParams plugin compares runs by.
package struct Experiment: Hashable, Sendable {
  package struct Axis: Hashable, Sendable {
    package let name: String
    package let values: [Hyperparameter.Value]

    /// - Parameter values: those that occur, all of one kind.
    package init(_ name: String, _ values: [Hyperparameter.Value]) { (self.name, self.values) = (name, values) }
  }

  package struct Measure: Hashable, Sendable {
    /// Of a scalar in the runs.
    package let tag: String
    package let title: String

    package init(tag: String, title: String) { (self.tag, self.title) = (tag, title) }
  }

  package let name: String
  package let axes: [Axis]
  package let measures: [Measure]

  package init(_ name: String, axes: [Axis], measures: [Measure]) {
    (self.name, self.axes, self.measures) = (name, axes, measures)
  }
}

/// One value that sets a run apart from others.
package struct Hyperparameter: Hashable, Sendable {
  package enum Value: Hashable, Sendable {
    case number(Double), text(String), boolean(Bool)
  }

  package let name: String
  package let value: Value

  package init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
}

/// How a run ended.
package enum SessionStatus: Hashable, Sendable {
  case success, failure
}
