import Foundation

/// A drawing as a value: what is on it, in the units of the data. The page, SVG and CSV are made from it; the PDF from the SVG.
package struct Figure: Hashable, Sendable, Codable {
  /// A name for files and links.
  package var id: String
  package var title: String
  /// What it shows and how to read it; also what a screen reader says.
  package var caption: String
  package var x: Axis
  package var y: Axis
  /// Side by side, with the axes in common, unless a panel has its own.
  package var panels: [Panel]
  /// What the marks' fills distinguish, such as projected runs; empty where all are filled.
  package var kinds: [Kind] = []
  /// What the bars of points span.
  package var bars = Bars.range
  /// Figures that show the same in terms of several quantities share a group; a page shows one of them at a time.
  package var group: String?
  /// The quantity that this one of its group shows.
  package var choice: String?

  package struct Axis: Hashable, Sendable, Codable {
    package var label: String
    package var isLogarithmic: Bool
    /// Whether another scale than the given one makes sense.
    package var isSwitchable = true
    /// Names of the places 0, 1, 2, … where the axis has no numbers.
    package var names: [String] = []
    /// Such as ` %`; part of what a value is called, beside the axis's label.
    package var unit = ""

    package init(
      _ label: String, logarithmic isLogarithmic: Bool = false, switchable isSwitchable: Bool = true,
      names: [String] = [], unit: String = ""
    ) {
      (self.label, self.isLogarithmic, self.isSwitchable) = (label, isLogarithmic, isSwitchable)
      (self.names, self.unit) = (names, unit)
    }
  }

  package struct Panel: Hashable, Sendable, Codable {
    package var title: String
    package var series: [Series] = []
    package var cells: [Cell] = []
    /// Lines through the panel, in logarithmic coordinates: y = factor · x^exponent.
    package var ridges: [Ridge] = []
    /// In place of the figure's.
    package var x: Axis?
    package var y: Axis?

    package init(
      _ title: String, series: [Series] = [], cells: [Cell] = [], ridges: [Ridge] = [], x: Axis? = nil, y: Axis? = nil
    ) {
      (self.title, self.series, self.cells, self.ridges, self.x, self.y) = (title, series, cells, ridges, x, y)
    }
  }

  package struct Series: Hashable, Sendable, Codable {
    /// The legend's; series of one name in several panels are one to it.
    package var name: String
    /// Into the palette, and of the marks' shape; `nil` for what is no data, such as a smoothed curve.
    package var color: Int?
    package var points: [Point]
    package var line = Line.solid
    package var fill = Fill.full

    package init(_ name: String, color: Int?, points: [Point], line: Line = .solid, fill: Fill = .full) {
      (self.name, self.color, self.points, self.line, self.fill) = (name, color, points, line, fill)
    }
  }

  /// What joins the points of a series.
  package enum Line: String, Hashable, Sendable, Codable { case solid, dashed, none }

  /// How marks are filled.
  package enum Fill: String, Hashable, Sendable, Codable, CaseIterable { case full, open, dotted, crossed }

  package struct Kind: Hashable, Sendable, Codable {
    package var name: String
    package var fill: Fill
  }

  /// What the bars of points span.
  package enum Bars: String, Hashable, Sendable, Codable {
    case range = "minimum to maximum"
    case interval = "95 % interval"
  }

  package struct Point: Hashable, Sendable, Codable {
    package var x: Double
    /// `nil` where no run came to a number.
    package var y: Double?
    /// The ends of its bar.
    package var low: Double?
    package var high: Double?
    /// Runs behind it, and how many of them diverged or failed.
    package var runs = 1
    package var lost = 0
    /// The places of those runs in the report.
    package var members: [Int] = []
    /// In place of the series'.
    package var fill: Fill?

    package init(
      x: Double, y: Double?, low: Double? = nil, high: Double? = nil, runs: Int = 1, lost: Int = 0, members: [Int] = []
    ) {
      (self.x, self.y, self.low, self.high, self.runs, self.lost) = (x, y, low, high, runs, lost)
      self.members = members
    }
  }

  /// A field of a heat map, around (x, y).
  package struct Cell: Hashable, Sendable, Codable {
    package var x: Double
    package var y: Double
    package var value: Double?
    package var runs: Int
    package var lost: Int
    /// The places of those runs in the report.
    package var members: [Int] = []
  }

  package struct Ridge: Hashable, Sendable, Codable {
    package var label: String
    package var factor: Double
    package var exponent: Double
    /// Through the best cell, rather than beside it.
    package var isMain: Bool
  }

  package init(id: String, title: String, caption: String, x: Axis, y: Axis, panels: [Panel]) {
    (self.id, self.title, self.caption, self.x, self.y, self.panels) = (id, title, caption, x, y, panels)
  }
}

extension Figure {
  /// Colors that people with any color vision tell apart; the first four differ in gray, too. Each goes with its own shape.
  package static let palette = ["#1a4fa8", "#cc4e0a", "#12a585", "#4a0f35", "#b07af0", "#6b5200", "#64788c", "#e0559f"]

  /// One series for each name of the legend, in order.
  package var legend: [Series] {
    var seen: Set<String> = []
    return panels.flatMap(\.series).filter { seen.insert($0.name).inserted }
  }

  /// Test errors of a map's fields: there is room for four characters.
  static func cellText(_ value: Double?) -> String {
    value.map { String(format: $0 < 9.995 ? "%.2f" : "%.1f", $0) } ?? "×"
  }

  /// How many marks a reader has to find.
  package var markCount: Int {
    panels.reduce(0) { $0 + $1.cells.count + $1.series.reduce(0) { $0 + ($1.color == nil ? 0 : $1.points.count) } }
  }
}
