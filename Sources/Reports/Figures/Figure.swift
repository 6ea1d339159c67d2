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
  /// Side by side, with the x axis in common; the y axis too, unless a panel has its own.
  package var panels: [Panel]

  package struct Axis: Hashable, Sendable, Codable {
    package var label: String
    package var isLogarithmic: Bool
    /// Whether another scale than the given one makes sense.
    package var isSwitchable = true

    package init(_ label: String, logarithmic isLogarithmic: Bool = false, switchable isSwitchable: Bool = true) {
      (self.label, self.isLogarithmic, self.isSwitchable) = (label, isLogarithmic, isSwitchable)
    }
  }

  package struct Panel: Hashable, Sendable, Codable {
    package var title: String
    package var series: [Series] = []
    package var cells: [Cell] = []
    /// Lines through the panel, in logarithmic coordinates: y = factor · x^exponent.
    package var ridges: [Ridge] = []
    /// In place of the figure's.
    package var y: Axis?

    package init(
      _ title: String, series: [Series] = [], cells: [Cell] = [], ridges: [Ridge] = [], y: Axis? = nil
    ) {
      (self.title, self.series, self.cells, self.ridges, self.y) = (title, series, cells, ridges, y)
    }
  }

  package struct Series: Hashable, Sendable, Codable {
    /// The legend's; series of one name in several panels are one to it.
    package var name: String
    /// Into the palette.
    package var color: Int
    package var points: [Point]

    package init(_ name: String, color: Int, points: [Point]) {
      (self.name, self.color, self.points) = (name, color, points)
    }
  }

  package struct Point: Hashable, Sendable, Codable {
    package var x: Double
    /// `nil` where no run came to a number.
    package var y: Double?
    /// The least and the greatest of the runs behind it.
    package var low: Double?
    package var high: Double?
    /// Runs behind it, and how many of them diverged or failed.
    package var runs = 1
    package var lost = 0

    package init(x: Double, y: Double?, low: Double? = nil, high: Double? = nil, runs: Int = 1, lost: Int = 0) {
      (self.x, self.y, self.low, self.high, self.runs, self.lost) = (x, y, low, high, runs, lost)
    }
  }

  /// A field of a heat map, around (x, y).
  package struct Cell: Hashable, Sendable, Codable {
    package var x: Double
    package var y: Double
    package var value: Double?
    package var runs: Int
    package var lost: Int
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
  /// Colors that people with any color vision tell apart (Okabe and Ito 2008), darkened for thin lines.
  package static let palette = ["#0072b2", "#d55e00", "#009e73", "#b8609a", "#c78500", "#3a9bd1", "#6b6b6b", "#5b3fa8"]

  /// Names of the legend with their colors, in order.
  package var legend: [(name: String, color: Int)] {
    var seen: Set<String> = []
    return panels.flatMap(\.series).filter { seen.insert($0.name).inserted }.map { ($0.name, $0.color) }
  }

  /// Test errors of a map's fields: there is room for four characters.
  static func cellText(_ value: Double?) -> String {
    value.map { String(format: $0 < 9.995 ? "%.2f" : "%.1f", $0) } ?? "×"
  }

  /// How many marks a reader has to find.
  package var markCount: Int {
    panels.reduce(0) { $0 + $1.cells.count + $1.series.reduce(0) { $0 + $1.points.count } }
  }
}
