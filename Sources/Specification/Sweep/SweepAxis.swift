import Foundation

/// What varies along one direction of a sweep.
package struct SweepAxis: Hashable, Sendable {
  package let name: String
  package let points: [SweepPoint]

  /// - Throws: `SpecError` for an axis without points, and for two points with one label.
  package init(name: String, points: [SweepPoint], origin: String? = nil) throws(SpecError) {
    guard !points.isEmpty else {
      throw SpecError(field: name, "axis \(name) has no points; accepted: one or more.", origin: origin)
    }
    var labels: Set<String> = []
    for point in points where !labels.insert(point.label).inserted {
      throw SpecError(
        field: name, "axis \(name) has the point \(point.label) twice; accepted: once.", origin: origin)
    }
    (self.name, self.points) = (name, points)
  }

  /// One field's values.
  ///
  /// - Parameter folder: of the plan.
  package init(field: String, values: [String], in folder: String? = nil, origin: String? = nil) throws(SpecError) {
    let points = values.map { value in
      let given = Assignment(path: field, value: value == "null" ? .null : .text(value), origin: origin)
      return SweepPoint(label: value, assignments: [given.located(in: folder)])
    }
    try self.init(name: field, points: points, origin: origin)
  }

  /// Several axes that move together: the first points, then the second ones …
  ///
  /// - Throws: `SpecError` unless all have as many points.
  package init(zipping axes: [SweepAxis], origin: String? = nil) throws(SpecError) {
    let name = axes.map(\.name).joined(separator: "+")
    let counts = axes.map(\.points.count)
    guard let count = counts.first, counts.allSatisfy({ $0 == count }) else {
      throw SpecError(
        field: name,
        "the fields of axis \(name) have \(counts.map(String.init).joined(separator: ", ")) points; "
          + "accepted: as many each, because they move together.", origin: origin)
    }
    let points = (0..<count).map { index in
      SweepPoint(
        label: axes.map { $0.points[index].label }.joined(separator: "+"),
        assignments: axes.flatMap { $0.points[index].assignments })
    }
    try self.init(name: name, points: points, origin: origin)
  }
}

/// One place on an axis: how it is called, and the fields that it gives.
package struct SweepPoint: Hashable, Sendable {
  package let label: String
  package let assignments: [Assignment]

  package init(label: String, assignments: [Assignment]) { (self.label, self.assignments) = (label, assignments) }
}
