import Foundation

extension Figure {
  /// A gnuplot script that holds its data and writes `<id>.pdf` beside itself, for papers.
  package var gnuplot: String {
    var lines = [
      "# \(title)", "set terminal pdfcairo size 16cm,7cm font 'Sans,9' enhanced", "set output '\(id).pdf'",
      "set border 3", "set tics nomirror out", "set grid lc rgb '#e6e6e6'", "set key outside top center horizontal",
      "set datafile missing '?'", "set ylabel \(quoted(y.label))", "set xlabel \(quoted(x.label))",
      "set multiplot layout 1,\(max(panels.count, 1))",
    ]
    if y.isLogarithmic { lines.append("set logscale y") }
    let points = panels.flatMap(\.series).flatMap(\.points)
    let cells = panels.flatMap(\.cells)
    let positive = (points.map(\.x) + cells.map(\.x)).filter { $0 > 0 }
    // A logarithm has no place for 0; it gets one a third of a decade left of the least.
    let zero = (positive.min() ?? 1) / 3
    if x.isLogarithmic { lines.append("set logscale x; set xtics add ('0' \(zero))") }
    for (index, panel) in panels.enumerated() {
      lines.append("set title \(quoted(panel.title))")
      lines += script(panel, number: index, zero: x.isLogarithmic ? zero : 0)
    }
    return lines.joined(separator: "\n") + "\nunset multiplot\n"
  }

  private func script(_ panel: Panel, number: Int, zero: Double) -> [String] {
    func x(_ value: Double) -> Double { value == 0 ? zero : value }
    guard panel.cells.isEmpty else {
      let rows = panel.cells.map { "\(x($0.x)) \($0.y) \($0.value.map { "\($0)" } ?? "?")" }
      let plots =
        ["$map\(number) using 1:2:3 with points pt 5 ps 3 palette notitle"]
        + panel.ridges.map { "\($0.factor)*x**(\($0.exponent)) with lines dt 2 lc rgb 'black' notitle" }
      return ["$map\(number) << EOD"] + rows + ["EOD", "plot " + plots.joined(separator: ", ")]
    }
    var lines: [String] = []
    var plots: [String] = []
    for (index, series) in panel.series.enumerated() {
      let name = "$p\(number)s\(index)"
      lines.append("\(name) << EOD")
      lines += series.points.filter { $0.y != nil }.map { point in
        let value = point.y ?? 0
        return "\(x(point.x)) \(value) \(point.low ?? value) \(point.high ?? value)"
      }
      lines.append("EOD")
      let colour = "lc rgb '\(Self.palette[series.colour % Self.palette.count])'"
      plots.append("\(name) using 1:2 with linespoints pt 7 ps .4 \(colour) title \(quoted(series.name))")
      plots.append("\(name) using 1:2:3:4 with yerrorbars pt 0 \(colour) notitle")
    }
    return lines + ["plot " + plots.joined(separator: ", \\\n  ")]
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "").replacing("\"", with: "'") + "\""
  }
}
