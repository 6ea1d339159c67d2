import Foundation
import Records
import Specification

/// The runs of one sweep, grouped into maps: one for each optimizer, with a panel for each condition, a line for each η and a
/// point for each value of the swept axis, averaged over seeds.
struct ReportGrid {
  /// The field along the x axis, `l2` or `weightDecay` as λ_d.
  let axis: String
  let maps: [Map]

  struct Map {
    /// What distinguishes its runs from those of other maps, such as `nesterov`.
    let title: String
    let panels: [(title: String, runs: [ReportRun])]

    var runs: [ReportRun] { panels.flatMap(\.runs) }

    /// The exponent of lines of constant effective learning rate in equilibrium: η^ridge · λ_d = const.
    ///
    /// 1 for the SGD family and for decoupled decay; 2 where the penalty passes through Adam's normalization; `nil` for
    /// optimizers whose effective rate does not depend on ‖w‖.
    var ridge: Double? {
      switch runs.first?.exponent {
      case 2: 1
      case 1: runs.contains(where: \.isDecoupled) ? 1 : 2
      default: nil
      }
    }
  }

  /// Candidates for the x axis, the most telling first; if none varies, any other field that does.
  private static let axes = ["l2", "weightDecay", "initScale", "batch", "optimizer.momentum"]
  private static let rate = "optimizer.learningRate"
  /// Fields that vary within a panel: the seeds of a point, and the lines.
  private static let inner: Set<String> = ["seed", rate]
  /// The values along an axis that has no numbers, in order; empty where it has.
  let names: [String]

  var isDecay: Bool { Self.isDecay(axis) }

  private static func isDecay(_ axis: String) -> Bool { axis == "l2" || axis == "weightDecay" }

  /// - Returns: `nil` if no axis varies.
  init?(_ runs: [ReportRun]) {
    let varying = Self.varying(runs)
    guard let axis = Self.axis(of: varying) else { return nil }
    self.axis = axis
    let values = Self.unique(runs.map { $0.fields[axis] ?? "" })
    names = Self.isDecay(axis) || values.allSatisfy { $0.isEmpty || Double($0) != nil } ? [] : values
    let conditions = varying.filter { path in
      !Self.inner.contains(path) && path != axis && !Self.axes.prefix(2).contains(path) && path != "optimizer.name"
    }
    let names = names
    let optimizers = axis == "optimizer.name" ? [""] : Self.unique(runs.map { $0.fields["optimizer.name"] ?? "" })
    maps = optimizers.flatMap { optimizer in
      let own = optimizer.isEmpty ? runs : runs.filter { $0.fields["optimizer.name"] == optimizer }
      let title = optimizer.isEmpty ? "all optimizers" : optimizer
      guard Self.isDecay(axis) else { return Self.maps(own, title, conditions) }
      // A run without decay stands on the axes of both kinds.
      let kinds = Self.unique(own.filter { $0.decay > 0 }.map(\.isDecoupled))
      return (kinds.isEmpty ? [false] : kinds).flatMap { kind in
        let title = kinds.count > 1 ? "\(title), \(kind ? "decoupled" : "coupled") decay" : title
        return Self.maps(own.filter { $0.decay == 0 || $0.isDecoupled == kind }, title, conditions)
      }
    }.compactMap { map in
      let panels = map.panels.filter { Self.hasLine($0.runs, along: axis, names) }
      return panels.isEmpty ? nil : Map(title: map.title, panels: panels)
    }
    guard !maps.isEmpty else { return nil }
  }

  private static func axis(of varying: [String]) -> String? {
    let others = varying.filter { $0 != "seed" && $0 != rate }
    func isNumeric(_ path: String) -> Bool { SpecField.all.first { $0.path == path }?.isNumeric ?? false }
    return axes.first(where: varying.contains) ?? others.first(where: isNumeric)
      ?? (varying.contains(rate) ? rate : others.first)
  }

  /// What the lines of a panel differ in: η, unless that is the axis.
  func line(_ run: ReportRun) -> Double { axis == Self.rate ? 0 : run.learningRate }

  /// Whether runs of one η have ended at two values of the axis, which unrelated runs rarely have.
  private static func hasLine(_ runs: [ReportRun], along axis: String, _ names: [String]) -> Bool {
    let ended = runs.filter(\.status.hasEnded)
    return Dictionary(grouping: ended) { axis == rate ? 0 : $0.learningRate }.values.contains { runs in
      Set(runs.map { position($0, axis, names) }).count > 1
    }
  }

  /// One map with a panel for each condition. If there are too many panels to stand side by side, free and projected runs
  /// stay together, and the other conditions become maps of their own.
  private static func maps(_ runs: [ReportRun], _ title: String, _ conditions: [String]) -> [Map] {
    let others = conditions.filter { $0 != "projection" }
    let panels = panels(runs, conditions)
    guard panels.count > mostPanels else { return [Map(title: title, panels: panels)] }
    if others.count < conditions.count && !others.isEmpty {
      return Self.panels(runs, others).map {
        Map(title: "\(title), \($0.title)", panels: Self.panels($0.runs, ["projection"]))
      }
    }
    let pages = stride(from: 0, to: panels.count, by: mostPanels)
    return pages.map { start in
      Map(
        title: "\(title), part \(start / mostPanels + 1)",
        panels: Array(panels[start..<min(start + mostPanels, panels.count)]))
    }
  }

  private static let mostPanels = 3

  private static func panels(_ runs: [ReportRun], _ conditions: [String]) -> [(title: String, runs: [ReportRun])] {
    let place = { (run: ReportRun) in conditions.map { run.fields[$0] ?? "" } }
    return unique(runs.map(place)).map { values in
      (title(conditions, values), runs.filter { place($0) == values })
    }
  }

  /// Where a run stands on the x axis.
  func position(_ run: ReportRun) -> Double { Self.position(run, axis, names) }

  private static func position(_ run: ReportRun, _ axis: String, _ names: [String]) -> Double {
    if isDecay(axis) { return run.decay }
    let value = run.fields[axis] ?? ""
    return names.firstIndex(of: value).map(Double.init) ?? Double(value) ?? 0
  }

  /// The mean over the seeds, in percent, with its range; `nil` while none of the runs has ended.
  static func point(_ runs: [ReportRun], x: Double, bars: Figure.Bars = .range) -> Figure.Point? {
    let ended = runs.filter(\.status.hasEnded)
    guard !ended.isEmpty else { return nil }
    let errors = ended.compactMap { $0.status == .done ? $0.result?.testError : nil }.map { $0 * 100 }
    let mean = errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)
    let half = bars == .interval ? StudentInterval.halfWidth(of: errors) : nil
    return Figure.Point(
      x: x, y: mean, low: bars == .range ? errors.min() : half.flatMap { half in mean.map { max($0 - half, 0) } },
      high: bars == .range ? errors.max() : half.flatMap { half in mean.map { min($0 + half, 100) } },
      runs: ended.count, lost: ended.count - errors.count, members: ended.map(\.place))
  }

  /// Fields that differ between the runs, sorted, without those that are functions of others: `normalizationEpsilon` of
  /// `normalization`, an optimizer's constants of its name, a group's values of the run's.
  static func varying(_ runs: [ReportRun]) -> [String] {
    let paths = Set(runs.flatMap(\.fields.keys)).sorted().filter { path in Set(runs.map { $0.fields[path] }).count > 1 }
    return paths.filter { path in
      !leaders(of: path, among: paths).contains { leaders in
        let values = { (run: ReportRun) in leaders.map { run.fields[$0] } }
        return Set(runs.map(values)).count == Set(runs.map { values($0) + [$0.fields[path]] }).count
      }
    }
  }

  /// Fields that `path` may be a function of.
  private static func leaders(of path: String, among paths: [String]) -> [[String]] {
    var leaders = paths.filter { $0 != path && path.hasPrefix($0) }.map { [$0] }
    if path.hasPrefix("optimizer."), !inner.union(["optimizer.name"]).contains(path) {
      leaders.append(["optimizer.name"])
    }
    if path.hasPrefix("groups."), let field = path.split(separator: ".").last {
      let own = ["l2", "weightDecay"].contains(field) ? String(field) : "optimizer.\(field)"
      leaders.append([own, "optimizer.name", "regularizeGammaBeta", "projection", "projectionKeepsL2"])
    }
    return leaders
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
