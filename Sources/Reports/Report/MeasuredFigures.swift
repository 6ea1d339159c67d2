import Foundation
import Records

/// How fast a run learned, as it was measured.
enum MeasuredQuantity: CaseIterable {
  case rate, angle

  func value(of run: ReportRun) -> Double? { self == .rate ? run.measuredRate : run.measuredAngle }
}

/// Test error against how fast a run learned, beside the same runs against what was swept.
extension ReportGrid {
  func measured(_ quantity: MeasuredQuantity, _ map: Map) -> Figure? {
    let symbol = quantity == .rate ? map.runs.first?.rateFormula ?? "" : "angle"
    let name = quantity == .rate ? "effective learning rate" : "angular update"
    let lines = Self.unique(map.runs.map(line)).sorted()
    var (own, swept): ([Figure.Series], [Figure.Series]) = ([], [])
    var shared: [Shared] = []
    for (kind, panel) in map.panels.enumerated() {
      let fill = Figure.Fill.allCases[kind % 3]
      for (color, line) in lines.enumerated() {
        let runs = panel.runs.filter { self.line($0) == line }
        let points = Set(runs.map(position)).sorted().compactMap { place in
          point(runs.filter { position($0) == place }, at: place, quantity, line)
        }
        guard !points.isEmpty else { continue }
        let title = lineName(line)
        shared += points.filter { $0.measured != nil && $0.point.y != nil }
        own.append(
          Figure.Series(title, color: color, points: points.compactMap(\.measuredPoint), line: .none, fill: fill))
        swept.append(
          Figure.Series(
            title, color: color, points: points.map(\.point),
            line: names.isEmpty ? kind == 0 ? .solid : .dashed : .none, fill: fill))
      }
    }
    guard Set(shared.compactMap(\.measured)).count > 2 else { return nil }
    let isApart = shared.contains(where: \.isApart)
    let used = Shares(shared.filter { !$0.isApart }, isNamed: !names.isEmpty, hasRates: lines.count > 1)
    if let curve = used.curve { own.append(curve) }
    let (x, seeds) = (self.swept, shared.contains { $0.point.runs > 1 })
    let symbols = isDecay ? "λ_d" : axis == "optimizer.learningRate" ? "η" : axis
    var figure = Figure(
      id: "\(quantity) \(map.title)", title: "\(map.title): test error by measured \(quantity)",
      caption: caption(
        map, quantity, symbol: symbol, swept: symbols, used: used,
        all: isApart ? Shares(shared, isNamed: !names.isEmpty, hasRates: lines.count > 1) : nil,
        apart: shared.filter(\.isApart).reduce(0) { $0 + $1.point.runs }, seeds: seeds),
      x: x, y: Self.testError,
      panels: [
        Figure.Panel(
          Self.title("measured \(symbol)", used.measured), series: own,
          x: Figure.Axis(
            quantity == .rate
              ? "measured \(symbol), mean over the run" : "measured angle per step, mean over the run, rad",
            logarithmic: true, unit: quantity == .rate ? "" : " rad")),
        Figure.Panel(Self.title(symbols, used.swept), series: swept, x: x),
      ])
    figure.group = "measured \(map.title)"
    figure.choice = name
    figure.bars = .interval
    if map.panels.count > 1 {
      figure.kinds = map.panels.enumerated().map { Figure.Kind(name: $1.title, fill: Figure.Fill.allCases[$0 % 3]) }
    }
    if isApart { figure.kinds.append(Figure.Kind(name: "ηλ_d > (1 − μ)²", fill: .crossed)) }
    return figure
  }

  /// The runs at one place, which differ in their seeds.
  private struct Shared {
    /// Where it stands on the swept axis.
    let point: Figure.Point
    let rate: Double
    /// The geometric mean over the seeds.
    let measured: Double?
    let isApart: Bool

    var measuredPoint: Figure.Point? {
      guard let measured, point.y != nil else { return nil }
      var point = point
      point.x = measured
      return point
    }
  }

  private func point(_ runs: [ReportRun], at place: Double, _ quantity: MeasuredQuantity, _ line: Double) -> Shared? {
    guard var point = Self.point(runs, x: place, bars: .interval) else { return nil }
    let done = runs.filter { $0.status == .done && $0.result?.testError != nil }.map(quantity.value)
    let values = done.compactMap(\.self).filter { $0 > 0 }
    let isWhole = !values.isEmpty && values.count == done.count
    let isApart = runs.contains(where: \.isTurnedByDecay)
    if isApart { point.fill = .crossed }
    return Shared(
      point: point, rate: line,
      measured: isWhole ? exp(values.reduce(0) { $0 + log($1) } / Double(values.count)) : nil, isApart: isApart)
  }

  /// The shares of the variance of log test error that the quantities explain.
  private struct Shares {
    let measured: Double?
    let swept: Double?
    let rate: Double?
    /// The prediction from the measured quantity.
    let curve: Figure.Series?

    init(_ points: [Shared], isNamed: Bool, hasRates: Bool) {
      func share(_ x: (Shared) -> Double?) -> ExplainedShare? {
        ExplainedShare(
          points.compactMap { shared in
            guard let x = x(shared), let y = shared.point.y, y > 0 else { return nil }
            return (x, log(y))
          })
      }
      let fit = share(\.measured)
      measured = fit?.share
      swept = isNamed ? nil : share { $0.point.x }?.share
      rate = hasRates ? share { $0.rate }?.share : nil
      let places = points.compactMap(\.measured)
      guard let fit, fit.share > 0.3, let least = places.min(), let greatest = places.max() else {
        curve = nil
        return
      }
      let steps = 120
      curve = Figure.Series(
        "prediction", color: nil,
        points: (0...steps).map { index in
          let x = least * pow(greatest / least, Double(index) / Double(steps))
          return Figure.Point(x: x, y: exp(fit.prediction(at: x)))
        })
    }
  }

  private static func title(_ symbol: String, _ share: Double?) -> String {
    "against \(symbol)" + (share.map { ": explains \(percent($0))" } ?? "")
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  private func caption(
    _ map: Map, _ quantity: MeasuredQuantity, symbol: String, swept: String, used: Shares, all: Shares?, apart: Int,
    seeds: Bool
  ) -> String {
    func list(_ shares: Shares) -> String {
      let parts = [
        shares.measured.map { "the measured \(symbol) explains \(Self.percent($0))" },
        shares.swept.map { "\(swept) \(Self.percent($0))" }, shares.rate.map { "η \(Self.percent($0))" },
      ].compactMap(\.self)
      return parts.count < 2
        ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
    }
    let what =
      quantity == .rate
      ? "\(symbol), the median over a layer's filters" : "the angle per step, RMS over a layer's filters"
    var text =
      "All runs, against how fast they learned (left: \(what), mean over the run's steps, geometric mean over the "
      + "layers) and against \(swept) (right)."
    if used.measured != nil {
      text +=
        " Of the variance of the logarithm of the test error, \(list(used)), when each point is predicted from the others; "
        + "the gray line is that prediction."
    }
    if let all, apart > 0 {
      text +=
        " Set apart, and without part in these numbers: \(apart) projected runs in which ηλ_d > (1 − μ)², so that the decay "
        + "in the momentum turns the weights by itself; with them, \(list(all))."
    }
    if seeds { text += " Points are means over seeds, bars their 95 % intervals." }
    return text
  }
}
