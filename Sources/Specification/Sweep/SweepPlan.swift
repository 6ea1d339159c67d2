/// Many runs that differ in chosen fields: a base that all have, and parts, each with axes that are crossed.
package struct SweepPlan: Hashable, Sendable {
  /// A grid of runs.
  package struct Part: Hashable, Sendable {
    /// Empty where the plan has one grid only.
    package let name: String
    /// Laid over the plan's base.
    package let base: [Assignment]
    /// The last one varies fastest.
    package let axes: [SweepAxis]

    package init(name: String = "", base: [Assignment] = [], axes: [SweepAxis]) {
      (self.name, self.base, self.axes) = (name, base, axes)
    }
  }

  package let name: String
  package let base: [Assignment]
  package let parts: [Part]

  /// What one plan may ask for.
  package static let mostRuns = 100_000

  package init(name: String, base: [Assignment] = [], parts: [Part]) {
    (self.name, self.base, self.parts) = (name, base, parts)
  }

  /// Everything that the plan gives.
  package var assignments: [Assignment] {
    base + parts.flatMap { part in part.base + part.axes.flatMap { $0.points.flatMap(\.assignments) } }
  }

  /// All runs, part after part, checked.
  ///
  /// - Parameters:
  ///   - defaults: laid below everything.
  ///   - settings: laid over everything.
  /// - Throws: `SpecError` for a run that can't be, with where its fields were given; for two runs that are the same.
  package func runs(
    defaults: [Assignment] = [], settings: [Assignment]...
  ) throws(SpecError) -> [SweepRun] {
    for layer in [assignments] + settings {
      try layer.refuse(
        "execution.output",
        because: "each run of a sweep has its own folder in that of the sweep; accepted: leave it out.",
        suggesting: .nameSweepFolder)
      try layer.refuse(
        "execution.json", because: "a sweep prints no results of single runs; accepted: leave it out.")
    }
    var count = 0
    for part in parts {
      let size = part.axes.reduce(1) { min($0 * $1.points.count, Self.mostRuns + 1) }
      count += size
    }
    guard count <= Self.mostRuns else {
      throw SpecError(
        field: "axes", "sweep \(name) has more than \(Self.mostRuns) runs; accepted: at most that many.")
    }
    var runs: [SweepRun] = []
    var numbers: [String: Int] = [:]
    for part in parts {
      for points in Self.crossed(part.axes) {
        let layers = [defaults, base, part.base] + points.map(\.assignments) + settings
        let spec = try RunSpec(layers: layers)
        let run = SweepRun(
          number: runs.count + 1, part: part.name,
          coordinates: zip(part.axes, points).map { .init(axis: $0.name, label: $1.label) }, spec: spec,
          given: Set(layers.joined().map(\.path)))
        if let other = numbers.updateValue(run.number, forKey: spec.json) {
          throw SpecError(
            field: "axes",
            "runs \(other) and \(run.number) of sweep \(name) are the same (\(run.title)); "
              + "accepted: points that differ in a field.")
        }
        runs.append(run)
      }
    }
    return runs
  }

  private static func crossed(_ axes: [SweepAxis]) -> [[SweepPoint]] {
    axes.reduce([[]]) { rows, axis in rows.flatMap { row in axis.points.map { row + [$0] } } }
  }
}

extension Sequence<SweepRun> {
  /// The axes that the runs lie on, in the order of their first use.
  package var axes: [String] {
    var seen: Set<String> = []
    return flatMap(\.coordinates).map(\.axis).filter { seen.insert($0).inserted }
  }
}

/// One run of a sweep.
package struct SweepRun: Hashable, Sendable {
  package struct Coordinate: Hashable, Sendable {
    package let axis: String
    package let label: String
  }

  /// From 1, in the order of the plan.
  package let number: Int
  package let part: String
  package let coordinates: [Coordinate]
  package let spec: RunSpec
  /// The fields that somebody has given, by default, plan or setting.
  package let given: Set<String>

  /// Where it stands in the sweep, for people.
  package var title: String {
    let place = coordinates.map { "\($0.axis) \($0.label)" }.joined(separator: ", ")
    return part.isEmpty ? place : place.isEmpty ? part : "\(part): \(place)"
  }
}
