import Foundation
import Records

/// The runs of one sweep, sorted into maps: one for each rule, with a panel for each condition, a line for each η, a point
/// for each value of the axis that is swept, and the seeds behind it.
struct ReportGrid {
  /// The field along the x axis, `l2` or `weightDecay` as λ_d.
  let axis: String
  let maps: [Map]

  struct Map {
    /// What its runs have in common that those of other maps have not, such as `nesterov`.
    let title: String
    let ridge: Double?
    let panels: [(title: String, runs: [ReportRun])]

    var runs: [ReportRun] { panels.flatMap(\.runs) }
  }

  /// Fields along which a line can be drawn, the first that varies is taken.
  private static let axes = ["l2", "weightDecay", "initScale", "batch", "rule.momentum"]
  /// What one run of a point differs in from the next, and what makes lines.
  private static let inner: Set<String> = ["seed", "rule.learningRate"]

  /// - Returns: `nil` if nothing varies along which a line could be drawn.
  init?(_ runs: [ReportRun]) {
    let varying = Self.varying(runs)
    guard let axis = Self.axes.first(where: varying.contains) else { return nil }
    self.axis = axis
    // With λ and η their groups' values move.
    let outer = varying.filter { path in
      !Self.inner.contains(path) && path != axis && !Self.axes.prefix(2).contains(path) && !path.hasPrefix("groups.")
    }
    // A rule brings its constants along.
    let conditions = outer.filter { !$0.hasPrefix("rule.") && $0 != "projectionKeepsL2" }
    let rules = Self.unique(runs.map { $0.fields["rule.name"] ?? "" })
    maps = rules.compactMap { rule in
      let own = runs.filter { $0.fields["rule.name"] == rule }
      let places = Self.unique(own.map { run in conditions.map { run.fields[$0] ?? "" } })
      let panels = places.map { place in
        let found = own.filter { run in conditions.map { run.fields[$0] ?? "" } == place }
        return (Self.title(conditions, place), found)
      }
      guard panels.contains(where: { Set($0.1.map { Self.position($0, axis) }).count > 1 }) else { return nil }
      return Map(title: rule, ridge: own.first?.ridge, panels: Array(panels.prefix(6)))
    }
    guard !maps.isEmpty else { return nil }
  }

  /// Where a run stands on the x axis.
  static func position(_ run: ReportRun, _ axis: String) -> Double {
    axis == "l2" || axis == "weightDecay" ? run.decay : Double(run.fields[axis] ?? "") ?? 0
  }

  /// The mean over the seeds, in percent, with its range.
  static func point(_ runs: [ReportRun], x: Double) -> Figure.Point {
    let errors = runs.compactMap { $0.status == "done" ? $0.result?.testError : nil }.map { $0 * 100 }
    return Figure.Point(
      x: x, y: errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count), low: errors.min(), high: errors.max(),
      runs: runs.count, lost: runs.count - errors.count)
  }

  private static func varying(_ runs: [ReportRun]) -> [String] {
    let paths = Set(runs.flatMap(\.fields.keys)).sorted()
    return paths.filter { path in Set(runs.map { $0.fields[path] }).count > 1 }
  }

  static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }

  private static func title(_ paths: [String], _ values: [String]) -> String {
    zip(paths, values).map { path, value in
      switch (path, value) {
      case ("projection", "none"): "not projected"
      case ("projection", _): "projected by \(value)"
      default: "\(path) \(value.isEmpty ? "none" : value)"
      }
    }.joined(separator: ", ")
  }
}
