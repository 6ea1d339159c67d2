import Foundation
import Optimization
import Parameters
import Records

extension ReportGrid {
  /// The figures of all maps, the most important first.
  var figures: [Figure] {
    let figures = maps.flatMap { map in
      MeasuredQuantity.allCases.compactMap { measured($0, map) } + [lines(map)]
        + (isDecay ? [heatMap(map), collapse(map)].compactMap(\.self) : [])
    }
    return zip(figures, FileName.names(for: figures.map(\.id))).map { figure, name in
      var figure = figure
      figure.id = name
      return figure
    }
  }

  private var axisLabel: String {
    isDecay ? "λ_d, decay per step (twice the paper's λ)" : axis == "optimizer.learningRate" ? "η" : axis
  }

  /// The axis that varies, logarithmic where its numbers span more than a factor of four.
  var swept: Figure.Axis {
    guard names.isEmpty else { return Figure.Axis(axisLabel, switchable: false, names: names) }
    let values = maps.flatMap(\.runs).map(position)
    let least = values.filter { $0 > 0 }.min() ?? 1
    let isWide = values.allSatisfy { $0 >= 0 } && (values.max() ?? 1) / least >= 4
    return Figure.Axis(axisLabel, logarithmic: isDecay || isWide)
  }

  /// What a line is called.
  func lineName(_ line: Double) -> String { axis == "optimizer.learningRate" ? "test error" : "η \(Scale.label(line))" }

  static let testError = Figure.Axis("test error, %", logarithmic: true, unit: " %")

  /// Test error along the axis, one line an η.
  private func lines(_ map: Map) -> Figure {
    let rates = Self.unique(map.runs.map(line)).sorted()
    let panels = map.panels.map { title, runs in
      Figure.Panel(
        title,
        series: rates.enumerated().compactMap { color, rate in
          let own = runs.filter { line($0) == rate }
          let places = Set(own.map(position)).sorted()
          guard !places.isEmpty else { return nil }
          return Figure.Series(
            lineName(rate), color: color,
            points: places.compactMap { x in Self.point(own.filter { position($0) == x }, x: x) },
            // Names have no order that a line could show.
            line: names.isEmpty ? .solid : .none)
        })
    }
    return Figure(
      id: "error \(map.title)", title: "\(map.title): test error",
      caption:
        "Test error in percent against \(isDecay ? "λ_d" : axis)"
        + (rates.count > 1 ? ", one line for each learning rate η" : "")
        + (panels.count > 1 ? ", a panel for each condition" : "")
        + ". Points are means over seeds, bars span minimum to maximum; a cross marks runs that diverged or failed.",
      x: swept, y: Self.testError, panels: panels)
  }

  /// Test error over (λ_d, η), with lines of constant effective learning rate in equilibrium.
  private func heatMap(_ map: Map) -> Figure? {
    guard Set(map.runs.map(\.learningRate)).count > 1 else { return nil }
    let panels = map.panels.map { title, runs in
      let cells = Self.unique(runs.map { [$0.decay, $0.learningRate] }).compactMap { place in
        let own = runs.filter { $0.decay == place[0] && $0.learningRate == place[1] }
        return Self.point(own, x: place[0]).map {
          Figure.Cell(x: place[0], y: place[1], value: $0.y, runs: $0.runs, lost: $0.lost, members: $0.members)
        }
      }
      return Figure.Panel(
        title, cells: cells, ridges: runs.allSatisfy(\.hasEquilibrium) ? ridges(cells, map.ridge) : [])
    }
    let formula = map.ridge == 2 ? "η²·λ_d" : "η·λ_d"
    let main = panels.flatMap(\.ridges).filter(\.isMain).map(\.label)
    return Figure(
      id: "map \(map.title)", title: "\(map.title): test error over η and λ",
      caption: "Mean test error in percent; darker is better. "
        + (main.isEmpty
          ? ""
          : "Dashed lines: \(formula) = const, a decade apart: lines of constant predicted effective learning rate; the "
            + "bold one, \(main.joined(separator: " and ")), passes through the geometric mean of each η's best λ_d."),
      x: .init(axisLabel, logarithmic: true, switchable: false), y: .init("η", logarithmic: true, switchable: false),
      panels: panels)
  }

  /// η = (c / λ_d)^(1/ridge), with c the geometric mean over the best cell of each η.
  private func ridges(_ cells: [Figure.Cell], _ ridge: Double?) -> [Figure.Ridge] {
    guard let ridge else { return [] }
    let best = Set(cells.map(\.y)).compactMap { rate in
      cells.filter { $0.y == rate && $0.x > 0 && $0.value != nil }.min { ($0.value ?? 0) < ($1.value ?? 0) }
    }
    guard !best.isEmpty else { return [] }
    let center = best.reduce(0) { $0 + log(pow($1.y, ridge) * $1.x) } / Double(best.count)
    return [-2, -1, 0, 1, 2].map { decade in
      let constant = exp(center) * pow(10, Double(decade))
      return Figure.Ridge(
        label: (ridge == 2 ? "η²·λ_d = " : "η·λ_d = ") + Scale.label(constant, digits: 2),
        factor: pow(constant, 1 / ridge),
        exponent: -1 / ridge, isMain: decade == 0)
    }
  }

  /// The same runs against the product that determines the effective learning rate in equilibrium: the lines collapse.
  private func collapse(_ map: Map) -> Figure? {
    guard let ridge = map.ridge else { return nil }
    let rates = Self.unique(map.runs.map(\.learningRate)).sorted()
    guard rates.count > 1, map.runs.contains(where: \.hasEquilibrium) else { return nil }
    let formula = ridge == 2 ? "η²·λ_d" : "η·λ_d"
    let panels = map.panels.map { title, runs in
      Figure.Panel(
        title,
        series: rates.enumerated().compactMap { color, rate in
          let own = runs.filter { $0.learningRate == rate && $0.decay > 0 }
          let decays = Set(own.map(\.decay)).sorted()
          guard !decays.isEmpty else { return nil }
          return Figure.Series(
            "η \(Scale.label(rate))", color: color,
            points: decays.compactMap { decay in
              Self.point(own.filter { $0.decay == decay }, x: pow(rate, ridge) * decay)
            })
        })
    }
    return Figure(
      id: "collapse \(map.title)", title: "\(map.title): test error against \(formula)",
      caption:
        "The runs with λ_d > 0 against \(formula), which determines the effective learning rate of weights before a normalization in "
        + "equilibrium: the lines of different η collapse where runs are long enough to reach it."
        + (map.runs.allSatisfy(\.hasEquilibrium)
          ? ""
          : " Projected weights, and weights without a normalization, have no such equilibrium: their lines stay apart."),
      x: .init(formula, logarithmic: true), y: Self.testError, panels: panels)
  }
}
