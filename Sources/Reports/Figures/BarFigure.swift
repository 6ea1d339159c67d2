import Foundation

/// Horizontal bars, one below the other: numbers beside what they are compared with, on a logarithmic scale around 1; shares of a
/// whole; and perhaps curves below them.
package struct BarFigure: Hashable, Sendable {
  package var title: String
  /// What it shows and how to read it; also what a screen reader says.
  package var caption: String
  package var ratios: Ratios
  package var shares: Shares
  package var curves: Figure?

  /// Bars that begin at 1.
  package struct Ratios: Hashable, Sendable {
    /// Of the axis.
    package var label: String
    /// The legend's, in the order of the palette.
    package var kinds: [String]
    package var bars: [Bar] = []

    package init(_ label: String, kinds: [String]) { (self.label, self.kinds) = (label, kinds) }
  }

  package struct Bar: Hashable, Sendable {
    package var name: String
    /// Among the kinds.
    package var kind: Int
    /// Above 0.
    package var value: Double
    /// The ends of its spread.
    package var low: Double
    package var high: Double

    package init(_ name: String, kind: Int, value: Double, low: Double, high: Double) {
      (self.name, self.kind, self.value, self.low, self.high) = (name, kind, value, low, high)
    }
  }

  /// Bars that are divided, with an unobtrusive rest; each is a whole.
  package struct Shares: Hashable, Sendable {
    package var label: String
    /// The legend's, in the order of the palette.
    package var parts: [String]
    package var rest: String
    package var rows: [Row] = []

    package struct Row: Hashable, Sendable {
      package var name: String
      /// One for each part; together 1, with the rest.
      package var shares: [Double]

      package init(_ name: String, shares: [Double]) { (self.name, self.shares) = (name, shares) }
    }

    package init(_ label: String, parts: [String], rest: String) {
      (self.label, self.parts, self.rest) = (label, parts, rest)
    }
  }

  package init(title: String, caption: String, ratios: Ratios, shares: Shares, curves: Figure?) {
    (self.title, self.caption, self.ratios, self.shares, self.curves) = (title, caption, ratios, shares, curves)
  }

  package var isEmpty: Bool { ratios.bars.isEmpty && shares.rows.isEmpty && curves == nil }
}

extension BarFigure {
  private static let row = 19.0
  private static let bar = 12.0
  private static let right = FigureLayout.width - 66
  /// Above and below the rows of a block: its legend and its axis.
  private static let (head, foot) = (42.0, 54.0)

  /// As an SVG file of its own, black on white.
  package var svg: String {
    let top = 46.0
    let ratioHeight = Self.height(of: ratios.bars.count)
    let shareHeight = Self.height(of: shares.rows.count)
    let above = top + ratioHeight + shareHeight
    let layout = curves.map { FigureLayout($0, below: above) }
    var drawing = SVGDrawing(
      width: FigureLayout.width, height: layout?.height ?? above, title: title, caption: caption)
    drawing.text(Self.margin, 26, title, size: 16, weight: "600")
    if !ratios.bars.isEmpty { draw(ratios, at: top, &drawing) }
    if !shares.rows.isEmpty { draw(shares, at: top + ratioHeight, &drawing) }
    if let curves, let layout { curves.draw(in: layout, into: &drawing) }
    return drawing.svg
  }

  private static let margin = 24.0

  private static func height(of rows: Int) -> Double { rows == 0 ? 0 : head + Double(rows) * row + foot }

  /// Where bars begin: right of the longest name.
  private var left: Double {
    let longest = (ratios.bars.map(\.name) + shares.rows.map(\.name)).map(\.count).max() ?? 0
    return min(Self.margin + Double(longest) * 6.4 + 10, FigureLayout.width / 2)
  }

  private static let restColor = "#dcdcdc"

  private func legend(_ names: [String], rest: String? = nil, at y: Double, _ drawing: inout SVGDrawing) {
    var x = Self.margin
    let entries = names.enumerated().map { ($1, Figure.stroke($0)) } + (rest.map { [($0, Self.restColor)] } ?? [])
    for (name, color) in entries {
      drawing.rectangle(x, y - 6, 22, Self.bar, color)
      drawing.text(x + 28, y + 4, name)
      x += 28 + Double(name.count) * 6.6 + 24
    }
  }

  private func draw(_ ratios: Ratios, at top: Double, _ drawing: inout SVGDrawing) {
    legend(ratios.kinds, at: top + 6, &drawing)
    let (start, end) = (top + Self.head, top + Self.head + Double(ratios.bars.count) * Self.row)
    let scale = Scale(
      of: ratios.bars.flatMap { [$0.low, $0.value, $0.high] }.filter { $0 > 0 } + [0.8, 1.25], logarithmic: true,
      from: left, to: Self.right)
    for tick in scale.ticks(8) {
      let x = scale.position(tick)
      drawing.line(x, start, x, end, "#e6e6e6")
      drawing.text(x, end + 17, Scale.label(tick), anchor: "middle", size: 11)
    }
    let one = scale.position(1)
    for (index, bar) in ratios.bars.enumerated() {
      let middle = start + (Double(index) + 0.5) * Self.row
      let (x, color) = (scale.position(bar.value), Figure.stroke(bar.kind))
      drawing.text(left - 8, middle + 4, bar.name, anchor: "end")
      drawing.rectangle(min(x, one), middle - Self.bar / 2, abs(x - one), Self.bar, color)
      let (low, high) = (scale.position(min(bar.low, bar.value)), scale.position(max(bar.high, bar.value)))
      if bar.low < bar.high {
        drawing.line(low, middle, high, middle, "#222")
        for x in [low, high] { drawing.line(x, middle - 3, x, middle + 3, "#222") }
      }
      let words = String(format: bar.value < 9.995 ? "%.2f" : "%.1f", bar.value)
      drawing.text(max(high, one) + 6, middle + 4, words, size: 11)
    }
    drawing.line(one, start - 4, one, end, "#444", width: 1.5)
    drawing.line(left, end, Self.right, end, "#444")
    drawing.text((left + Self.right) / 2, end + 37, ratios.label, anchor: "middle")
  }

  private func draw(_ shares: Shares, at top: Double, _ drawing: inout SVGDrawing) {
    legend(shares.parts, rest: shares.rest, at: top + 6, &drawing)
    let (start, end) = (top + Self.head, top + Self.head + Double(shares.rows.count) * Self.row)
    func place(_ share: Double) -> Double { left + share * (Self.right - left) }
    for percent in stride(from: 0, through: 100, by: 20) {
      let x = place(Double(percent) / 100)
      drawing.line(x, start, x, end, "#e6e6e6")
      drawing.text(x, end + 17, "\(percent)", anchor: "middle", size: 11)
    }
    for (index, row) in shares.rows.enumerated() {
      let middle = start + (Double(index) + 0.5) * Self.row
      drawing.text(left - 8, middle + 4, row.name, anchor: "end")
      var sum = 0.0
      func draw(_ share: Double, _ color: String) {
        guard share > 0 else { return }
        drawing.rectangle(place(sum), middle - Self.bar / 2, place(share) - left, Self.bar, color)
        sum += share
      }
      for (part, share) in row.shares.enumerated() { draw(share, Figure.stroke(part)) }
      draw(1 - sum, Self.restColor)
    }
    drawing.line(left, start, left, end, "#444")
    drawing.line(left, end, Self.right, end, "#444")
    drawing.text((left + Self.right) / 2, end + 37, shares.label, anchor: "middle")
  }
}
