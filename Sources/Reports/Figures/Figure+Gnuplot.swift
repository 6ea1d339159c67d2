import Foundation

extension Figure {
  /// A gnuplot script that writes `<id>.pdf` beside itself, for papers. Places are fractions of the axes, so that 0 has its
  /// own on a logarithmic one; the numbers are in `<id>.csv`.
  package var gnuplot: String {
    let width = panels.count > 1 ? 17 : 10
    var lines = [
      "# \(title)", "set terminal pdfcairo size \(width)cm,7.5cm font 'Sans,8' noenhanced", "set output '\(id).pdf'",
      "set border 3 lc rgb '#444444'", "set tics nomirror out scale .5", "set xrange [0:1]", "set yrange [0:1]",
      "set multiplot layout 1,\(max(panels.count, 1)) margins .08,.98,.17,.80 spacing .06",
      "set xlabel \(quoted(x.label))",
    ]
    for index in panels.indices {
      lines += ["unset object", "unset label", "set title \(quoted(panels[index].title)) offset 0,1.2"]
      if index == 0 {
        lines += [
          "set ylabel \(quoted(y.label))", "set key at screen .5,.98 top center horizontal maxrows 1 samplen 2",
        ]
      } else {
        lines += ["unset ylabel", "unset key"]
      }
      lines += script(panels[index], number: index)
    }
    return lines.joined(separator: "\n") + "\nunset multiplot\n"
  }

  private func script(_ panel: Panel, number: Int) -> [String] {
    let scales = scales(xEnds: (0, 1), yEnds: (0, 1))
    func tics(_ axis: String, _ scale: Scale, _ values: [Double]) -> String {
      let places = values.map { "\(quoted(Scale.label($0))) \(scale.position($0))" }
      return "set \(axis)tics (" + places.joined(separator: ", ") + ")"
    }
    var lines = [tics("x", scales.x, scales.x.ticks()), tics("y", scales.y, yTicks(scales.y))]
    if panel.cells.isEmpty { lines.append("set grid lc rgb '#e6e6e6'") } else { lines.append("unset grid") }
    lines += objects(panel.cells, scales)
    var plots: [String] = []
    for (index, ridge) in panel.ridges.enumerated() {
      let ends = [scales.x.lower, scales.x.upper].map { x in
        "\(scales.x.position(x)) \(scales.y.position(ridge.factor * pow(x, ridge.exponent)))"
      }
      lines += ["$r\(number)_\(index) << EOD"] + ends + ["EOD"]
      plots.append("$r\(number)_\(index) using 1:2 with lines lw \(ridge.isMain ? 5 : 3) lc rgb '#40ffffff' notitle")
      let style = ridge.isMain ? "dt 2 lw 2" : "dt 3 lw 1"
      plots.append("$r\(number)_\(index) using 1:2 with lines \(style) lc rgb 'black' notitle")
    }
    for (index, series) in panel.series.enumerated() {
      let (joined, apart) = rows(series, scales)
      let name = "$s\(number)_\(index)"
      lines += ["\(name) << EOD"] + joined + [""] + apart + ["EOD"]
      let color = "lc rgb '\(Self.palette[series.color % Self.palette.count])'"
      let shape = [7, 5, 9, 13][series.color % 4]
      plots.append("\(name) using 1:2 with linespoints pt \(shape) ps .45 \(color) title \(quoted(series.name))")
      plots.append("\(name) using 1:2:3:4 with yerrorbars pt 0 \(color) notitle")
    }
    // Something has to be plotted for the axes to appear.
    if plots.isEmpty { plots = ["-1 notitle"] }
    return lines + ["plot " + plots.joined(separator: ", \\\n  ")]
  }

  /// The points in order, and that of 0, which no line reaches.
  private func rows(_ series: Series, _ scales: (x: Scale, y: Scale)) -> (joined: [String], apart: [String]) {
    func row(_ point: Point) -> String? {
      guard let value = point.y else { return nil }
      let places = [value, point.low ?? value, point.high ?? value].map { "\(scales.y.position($0))" }
      return "\(scales.x.position(point.x)) " + places.joined(separator: " ")
    }
    let isApart = { (point: Point) in scales.x.hasZero && point.x <= 0 }
    return (series.points.filter { !isApart($0) }.compactMap(row), series.points.filter(isApart).compactMap(row))
  }

  private func objects(_ cells: [Cell], _ scales: (x: Scale, y: Scale)) -> [String] {
    let columns = CellEdges(cells.map(\.x), scales.x, fallback: 0.03)
    let rows = CellEdges(cells.map(\.y), scales.y, fallback: 0.05)
    let colors = cellColors
    return cells.flatMap { cell in
      let ((x0, x1), (y0, y1)) = (columns.edges(of: cell.x), rows.edges(of: cell.y))
      let text = Self.cellText(cell.value)
      let ink = cell.value.map(colors.isDark) == true ? "white" : "black"
      return [
        "set object rect from \(x0),\(y0) to \(x1),\(y1) back fs solid border lc rgb 'white' "
          + "fc rgb '\(cell.value.map(colors.hexadecimal) ?? "#bbbbbb")'",
        "set label '\(text)' at \((x0 + x1) / 2),\((y0 + y1) / 2) center front tc rgb '\(ink)' font ',7'",
      ]
    }
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "").replacing("\"", with: "'") + "\""
  }
}
