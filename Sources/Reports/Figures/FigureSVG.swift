import Foundation

extension Figure {
  /// The figure as an SVG file of its own, black on white.
  package var svg: String {
    let layout = FigureLayout(self)
    var drawing = SVGDrawing(width: layout.width, height: layout.height, title: title, caption: caption)
    draw(in: layout, into: &drawing)
    return drawing.svg
  }

  func draw(in layout: FigureLayout, into drawing: inout SVGDrawing) {
    drawing.text(layout.left, layout.above + 26, title, size: 16, weight: "600")
    for (index, entry) in legend.enumerated() {
      let (x, y) = layout.legendPlace(index)
      if entry.line != .none {
        drawing.line(x, y, x + 26, y, Self.stroke(entry.color), width: 2, dashes: Self.dashes(entry))
      }
      if let color = entry.color { drawing.mark(x + 13, y, color: color, fill: kinds.isEmpty ? entry.fill : .full) }
      drawing.text(x + 32, y + 4, entry.name)
    }
    for (index, kind) in kinds.enumerated() {
      let (x, y) = layout.legendPlace(legend.count + index)
      drawing.mark(x + 13, y, color: nil, fill: kind.fill)
      drawing.text(x + 32, y + 4, kind.name)
    }
    for index in panels.indices { draw(panel: index, in: layout, into: &drawing) }
  }

  /// The color of a line or mark; dark gray for what is no data.
  static func stroke(_ color: Int?) -> String { color.map { palette[$0 % palette.count] } ?? "#777777" }

  private static func dashes(_ series: Series) -> String? {
    series.line == .dashed ? "6 4" : nil
  }

  private func draw(panel index: Int, in layout: FigureLayout, into drawing: inout SVGDrawing) {
    let panel = panels[index]
    let (start, end) = layout.extent(of: index)
    let scales = scales(layout, panel: index)
    let isLabeled = index == 0 || panel.y != nil
    drawing.text((start + end) / 2, layout.top - 9, panel.title, anchor: "middle", weight: "600")
    for (tick, label) in (panel.x ?? x).ticks(scales.x, end - start < 300 ? 4 : 7) {
      let x = scales.x.position(tick)
      drawing.line(x, layout.top, x, layout.plotBottom, "#e6e6e6")
      drawing.text(x, layout.plotBottom + 17, label, anchor: "middle", size: 11)
    }
    for tick in yTicks(scales.y) {
      let y = scales.y.position(tick)
      drawing.line(start, y, end, y, "#e6e6e6")
      if isLabeled { drawing.text(start - 7, y + 4, Scale.label(tick), anchor: "end", size: 11) }
    }
    if panel.cells.isEmpty {
      for tick in scales.x.minorTicks(end - start < 300 ? 4 : 7) {
        drawing.line(scales.x.position(tick), layout.plotBottom, scales.x.position(tick), layout.plotBottom - 4, "#444")
      }
      for tick in scales.y.minorTicks() {
        drawing.line(start, scales.y.position(tick), start + 4, scales.y.position(tick), "#444")
      }
    }
    drawing.text((start + end) / 2, layout.height - 12, (panel.x ?? x).label, anchor: "middle")
    if isLabeled {
      drawing.text(
        start - 52, (layout.top + layout.plotBottom) / 2, (panel.y ?? y).label, anchor: "middle", turned: true)
    }
    let fields = fields(of: panel.cells, scales)
    for field in fields { drawing.rectangle(field.x, field.y, field.width, field.height, field.color) }
    drawing.clip(start, layout.top, end, layout.plotBottom) { drawing in
      for ridge in panel.ridges { draw(ridge, scales, &drawing) }
    }
    for field in fields {
      drawing.text(
        field.x + field.width / 2, field.y + field.height / 2 + 4, field.words, anchor: "middle", size: 10.5,
        color: field.ink, plate: field.isCrossed ? (field.color, field.width) : nil)
    }
    for series in panel.series { draw(series, scales, layout, &drawing) }
    drawing.line(start, layout.plotBottom, end, layout.plotBottom, "#444")
    drawing.line(start, layout.top, start, layout.plotBottom, "#444")
  }

  private func draw(
    _ series: Series, _ scales: (x: Scale, y: Scale), _ layout: FigureLayout, _ drawing: inout SVGDrawing
  ) {
    let stroke = Self.stroke(series.color)
    let points = series.points.map { point in
      (scales.x.position(point.x), point.y.map(scales.y.position), point)
    }
    // The place of 0 is no neighbor of the numbers.
    let joined = points.filter { $0.2.x > 0 || !scales.x.hasZero }.compactMap { point in point.1.map { (point.0, $0) } }
    if series.line != .none { drawing.path(joined, stroke, dashes: Self.dashes(series)) }
    guard let color = series.color else { return }
    // Of a dense curve, a few marks tell it from the others.
    let stride = points.count > 40 ? points.count / 6 : 1
    for (index, (x, y, point)) in points.enumerated() where (index + color * stride / 4) % stride == 0 {
      guard let y else {
        drawing.cross(x, layout.top + 8, stroke)
        continue
      }
      if let low = point.low, let high = point.high, low < high {
        drawing.line(x, scales.y.position(low), x, scales.y.position(high), stroke, width: 1)
      }
      drawing.mark(x, y, color: color, fill: point.fill ?? series.fill)
      if point.lost > 0 { drawing.cross(x, y, "#000") }
    }
  }

  /// A cell in its place.
  private struct Field {
    let x: Double
    let y: Double
    let width: Double
    let height: Double
    let color: String
    let words: String
    let ink: String
    /// Whether lines may run through it.
    let isCrossed: Bool
  }

  private func fields(of cells: [Cell], _ scales: (x: Scale, y: Scale)) -> [Field] {
    let columns = CellEdges(cells.map(\.x), scales.x)
    let rows = CellEdges(cells.map(\.y), scales.y)
    let colors = cellColors
    return cells.map { cell in
      let ((x0, x1), (y1, y0)) = (columns.edges(of: cell.x), rows.edges(of: cell.y))
      return Field(
        x: x0, y: min(y0, y1), width: x1 - x0, height: abs(y1 - y0),
        color: cell.value.map(colors.hexadecimal) ?? "#bbbbbb", words: Self.cellText(cell.value),
        ink: cell.value.map(colors.isDark) == true ? "#fff" : "#222",
        isCrossed: panels.contains { !$0.ridges.isEmpty })
    }
  }

  private func draw(_ ridge: Ridge, _ scales: (x: Scale, y: Scale), _ drawing: inout SVGDrawing) {
    func y(_ x: Double) -> Double { ridge.factor * pow(x, ridge.exponent) }
    let ends = [scales.x.lower, scales.x.upper].map { (scales.x.position($0), scales.y.position(y($0))) }
    drawing.line(ends[0].0, ends[0].1, ends[1].0, ends[1].1, "#ffffffbf", width: ridge.isMain ? 4.5 : 2.5)
    drawing.line(
      ends[0].0, ends[0].1, ends[1].0, ends[1].1, "#111", width: ridge.isMain ? 2 : 1,
      dashes: ridge.isMain ? "7 4" : "2 4")
  }
}
