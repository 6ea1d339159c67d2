/// Where the parts of a figure lie, in pixels.
struct FigureLayout {
  static let width = 960.0
  let width = Self.width
  /// What else is drawn above the figure.
  let above: Double
  let height: Double
  let top: Double
  let bottom = 52.0
  let left = 68.0
  let right = 18.0
  private let gap: Double
  private let panels: Int
  /// Of the legend.
  private let columns: Int
  private let columnWidth: Double

  /// Height of the plotting area.
  private static let plot = 270.0

  init(_ figure: Figure, below above: Double = 0) {
    self.above = above
    panels = max(figure.panels.count, 1)
    gap = figure.panels.contains { $0.y != nil } ? 78 : 22
    let names = figure.legend.map(\.name) + figure.kinds.map(\.name)
    // As wide as its longest name, in rows of at most six.
    columnWidth = max(Double(names.map(\.count).max() ?? 0) * 7 + 44, 100)
    columns = max(1, min(6, Int((width - left - right) / columnWidth)))
    let rows = (names.count + columns - 1) / columns
    top = above + 46 + Double(rows) * 20 + 24
    height = top + Self.plot + bottom
  }

  var plotBottom: Double { height - bottom }

  /// The horizontal extent of a panel.
  func extent(of panel: Int) -> (start: Double, end: Double) {
    let width = (self.width - left - right - Double(panels - 1) * gap) / Double(panels)
    let start = left + Double(panel) * (width + gap)
    return (start, start + width)
  }

  /// Where entry `index` of the legend begins.
  func legendPlace(_ index: Int) -> (x: Double, y: Double) {
    (left + Double(index % columns) * columnWidth, above + 46 + Double(index / columns) * 20)
  }
}

extension Figure {
  /// The scales of both axes of a panel.
  func scales(_ layout: FigureLayout, panel: Int) -> (x: Scale, y: Scale) {
    let (xEnds, yEnds) = (layout.extent(of: panel), (start: layout.plotBottom, end: layout.top))
    let common = scales(xEnds: xEnds, yEnds: yEnds)
    var alone = self
    alone.panels = [panels[panel]]
    (alone.x, alone.y) = (panels[panel].x ?? x, panels[panel].y ?? y)
    let own = alone.scales(xEnds: xEnds, yEnds: yEnds)
    return (panels[panel].x == nil ? common.x : own.x, panels[panel].y == nil ? common.y : own.y)
  }

  /// The scales that the panels have in common.
  func scales(xEnds: (start: Double, end: Double), yEnds: (start: Double, end: Double)) -> (x: Scale, y: Scale) {
    let points = panels.flatMap(\.series).flatMap(\.points)
    let cells = panels.flatMap(\.cells)
    guard cells.isEmpty else {
      func scale(_ values: [Double], _ axis: Axis, _ ends: (start: Double, end: Double)) -> Scale {
        Scale(
          of: values + CellEdges.ends(values), logarithmic: axis.isLogarithmic, from: ends.start, to: ends.end, room: 0)
      }
      return (scale(cells.map(\.x), x, xEnds), scale(cells.map(\.y), y, yEnds))
    }
    return (
      Scale(
        of: points.map(\.x) + x.ends, logarithmic: x.isLogarithmic, from: xEnds.start, to: xEnds.end, room: 0.03),
      Scale(
        of: points.flatMap { [$0.y, $0.low, $0.high].compactMap(\.self) }, logarithmic: y.isLogarithmic,
        from: yEnds.start, to: yEnds.end, room: 0.05)
    )
  }

  /// The rows of a map, or round numbers.
  func yTicks(_ scale: Scale) -> [Double] {
    let rows = Set(panels.flatMap(\.cells).map(\.y)).sorted()
    return rows.isEmpty || rows.count > 12 ? scale.ticks() : rows
  }

  /// The colors of its cells, which all panels have in common.
  var cellColors: CellColors { CellColors(panels.flatMap(\.cells).compactMap(\.value)) }
}

extension Figure.Axis {
  /// Half a place beyond the first and the last name.
  var ends: [Double] { names.isEmpty ? [] : [-0.5, Double(names.count) - 0.5] }

  /// What stands at its ticks: names, or numbers.
  func ticks(_ scale: Scale, _ count: Int) -> [(place: Double, label: String)] {
    names.isEmpty
      ? scale.ticks(count).map { ($0, Scale.label($0)) } : names.enumerated().map { (Double($0), $1) }
  }
}
