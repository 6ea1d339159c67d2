import Foundation
import Reports
import TestSupport
import Testing

/// Whether the lines of a figure can be told apart by those who see fewer colors, and in print.
@Suite("Colors and marks of figures")
struct ColorTests {
  /// What is left of a color, as a matrix on linear red, green and blue: Machado, Oliveira and Fernandes 2009,
  /// doi:10.1109/TVCG.2009.113, table 1, severity 1; gray by the luminance of sRGB.
  enum Vision: String, CaseIterable {
    case full, deuteranopia, protanopia, gray

    var rows: [[Double]] {
      switch self {
      case .full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      case .deuteranopia:
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
      case .protanopia:
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
      case .gray: Array(repeating: [0.2126, 0.7152, 0.0722], count: 3)
      }
    }
  }

  /// L*, a*, b* of CIELAB (D65) as a color is seen.
  static func lab(_ hexadecimal: Substring, _ vision: Vision) -> [Double] {
    let number = Int(hexadecimal.dropFirst(), radix: 16) ?? 0
    let linear = [16, 8, 0].map { shift in
      let share = Double(number >> shift & 255) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    func product(_ rows: [[Double]], _ vector: [Double]) -> [Double] {
      rows.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let seen = product(vision.rows, linear).map { min(max($0, 0), 1) }
    let xyz = product(
      [
        [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
      ], seen)
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
      let share = value / white
      return share > 216.0 / 24389 ? cbrt(share) : (24389.0 / 27 * share + 16) / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  static func difference(_ a: Substring, _ b: Substring, _ vision: Vision) -> Double {
    zip(lab(a, vision), lab(b, vision)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// The palettes of the page, light first, as its style says.
  private static func palettes() throws -> [[Substring]] {
    let style = try Repository.text("Sources/Reports/Page/report.css")
    let found = style.matches(of: /--s0: (#[0-9a-f]{6});.*/).map { line in
      line.0.matches(of: /--s\d: (#[0-9a-f]{6});/).map(\.1)
    }
    return found
  }

  @Test("the page draws with the colors of the figures; its dark ones are the same for both ways to ask for them")
  func same() throws {
    let palettes = try Self.palettes()
    try #require(palettes.count == 3)
    #expect(palettes[0].map(String.init) == Figure.palette && palettes[1] == palettes[2])
  }

  @Test(
    "any two colors differ for each kind of color vision; the first four do in gray, too", arguments: Vision.allCases)
  func apart(_ vision: Vision) throws {
    for palette in try Self.palettes() {
      // Differences below 2.3 are not noticed side by side.
      let colors = vision == .gray ? Array(palette.prefix(4)) : palette
      for (index, color) in colors.enumerated() {
        for other in colors[..<index] {
          let difference = Self.difference(color, other, vision)
          #expect(difference > 7.5, "\(color) and \(other), \(vision): \(difference)")
        }
      }
    }
  }

  @Test("the simulation confuses what those who do not see red or green confuse")
  func planted() {
    // Green and brown of one luminance, which full color vision tells apart at once.
    let pair: (Substring, Substring) = ("#8c8c00", "#a08000")
    #expect(Self.difference("#d55e00", "#8f8f00", .full) > 40)
    #expect(Self.difference(pair.0, pair.1, .deuteranopia) < 7.5)
    #expect(Self.difference("#ff0000", "#7f7f7f", .gray) < 10, "red and a gray of its luminance")
    #expect(abs(Self.difference("#ffffff", "#000000", .full) - 100) < 0.1)
  }

  @Test("each color has a shape of its own, the same on the page")
  func shapes() throws {
    #expect(Marker.shapes.count == Figure.palette.count)
    #expect(Set(Marker.shapes.map { "\($0)" }).count == Figure.palette.count)
    let script = try Repository.text("Sources/Reports/Page/figures.js")
    for shape in Marker.shapes { #expect(script.contains("\"\(shape.moves)\""), "\(shape.moves)") }
  }
}
