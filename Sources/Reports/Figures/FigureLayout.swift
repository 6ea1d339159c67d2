/// Where the parts of a figure lie, in pixels.
struct FigureLayout {
  let width = 960.0
  let height: Double
  let top: Double
  let bottom = 52.0
  let left = 68.0
  let right = 18.0
  private let gap: Double
  private let panels: Int

  /// Height of the plotting area.
  private static let plot = 270.0

  init(_ figure: Figure) {
    panels = max(figure.panels.count, 1)
    gap = figure.panels.contains { $0.y != nil } ? 78 : 22
    // The title, the legend in rows of six, the panels' titles.
    let rows = (figure.legend.count + 5) / 6
    top = 46 + Double(rows) * 20 + 24
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
    (left + Double(index % 6) * 146, 46 + Double(index / 6) * 20)
  }
}

extension Figure {
  /// The scales of both axes of a panel.
  func scales(_ layout: FigureLayout, panel: Int) -> (x: Scale, y: Scale) {
    let common = scales(xEnds: layout.extent(of: panel), yEnds: (layout.plotBottom, layout.top))
    guard let own = panels[panel].y else { return common }
    var alone = self
    (alone.panels, alone.y) = ([panels[panel]], own)
    return (common.x, alone.scales(xEnds: layout.extent(of: panel), yEnds: (layout.plotBottom, layout.top)).y)
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
      Scale(of: points.map(\.x), logarithmic: x.isLogarithmic, from: xEnds.start, to: xEnds.end, room: 0.03),
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
