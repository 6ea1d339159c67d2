import Foundation
import FoundationXML
import Reports
import Testing

@Suite("Bars")
struct BarFigureTests {
  private static func figure(
    bars: [BarFigure.Bar] = [], rows: [BarFigure.Shares.Row] = [], curves: Figure? = nil
  ) -> BarFigure {
    var ratios = BarFigure.Ratios("times", kinds: ["limit", "peer"])
    ratios.bars = bars
    var shares = BarFigure.Shares("%", parts: ["a", "b", "c"], rest: "d")
    shares.rows = rows
    return BarFigure(title: "<bars>", caption: "numbers & more", ratios: ratios, shares: shares, curves: curves)
  }

  /// Attributes of all elements of a kind.
  private static func elements(_ name: String, _ svg: String) throws -> [[String: String]] {
    let document = try XMLDocument(xmlString: svg)
    return try document.nodes(forXPath: "//*[local-name()='\(name)']").compactMap { node in
      (node as? XMLElement)?.attributes.map { attributes in
        Dictionary(attributes.map { ($0.name ?? "", $0.stringValue ?? "") }) { first, _ in first }
      }
    }
  }

  private static func cells(_ svg: String, color: Int) throws -> [(x: Double, width: Double, y: Double)] {
    try elements("rect", svg).filter { $0["class"] == "cell" && $0["fill"] == Figure.palette[color] }.map {
      (
        try #require(Double($0["x"] ?? "")), try #require(Double($0["width"] ?? "")),
        try #require(Double($0["y"] ?? ""))
      )
    }
  }

  @Test("what is better lies right of 1 and what is worse left of it, as far as their logarithms say")
  func ratios() throws {
    let svg = Self.figure(bars: [
      .init("twice", kind: 0, value: 2, low: 1.5, high: 2.5), .init("half", kind: 1, value: 0.5, low: 0.5, high: 0.5),
      .init("four times", kind: 1, value: 4, low: 3, high: 5),
    ]).svg
    let twice = try #require(try Self.cells(svg, color: 0).last)
    let others = try Self.cells(svg, color: 1).suffix(2)
    let (half, four) = (others[others.startIndex], others[others.startIndex + 1])
    let one = twice.x
    #expect(abs(half.x + half.width - one) < 0.11 && abs(four.x - one) < 0.11)
    #expect(abs(half.width - twice.width) < 0.21 && abs(four.width - 2 * twice.width) < 0.31)
    #expect(twice.y < half.y && half.y < four.y)
    #expect(svg.contains("&lt;bars&gt;") && svg.contains(">0.50<") && svg.contains(">4.00<"))
  }

  @Test("shares fill the width once, in the order of their parts, with the rest behind them")
  func shares() throws {
    let svg = Self.figure(rows: [.init("row", shares: [0.125, 0, 0.375])]).svg
    let rest = try #require(
      try Self.elements("rect", svg).last { $0["class"] == "cell" }.flatMap { Double($0["width"] ?? "") })
    let a = try #require(try Self.cells(svg, color: 0).last)
    let c = try #require(try Self.cells(svg, color: 2).last)
    #expect(abs(a.x + a.width - c.x) < 0.11 && abs(c.width - 3 * a.width) < 0.31)
    #expect(abs(rest - 4 * a.width) < 0.41)
    // A part that takes no time is in the legend only.
    #expect(try Self.cells(svg, color: 1).count == 1)
  }

  @Test("everything lies within the picture: curves below bars, and names beside them")
  func extent() throws {
    let point = [Figure.Point(x: 1, y: 2), Figure.Point(x: 2, y: 3)]
    let curves = Figure(
      id: "c", title: "curves", caption: "", x: .init("x"), y: .init("y"),
      panels: [.init("left", series: [.init("s", color: 0, points: point)])])
    let bars = (0..<40).map {
      BarFigure.Bar("a name of a bar, number \($0)", kind: $0 % 2, value: Double($0 + 1) / 10, low: 0.05, high: 6)
    }
    let svg = Self.figure(bars: bars, rows: [.init("row", shares: [1, 0, 0])], curves: curves).svg
    let root = try #require(try Self.elements("svg", svg).first)
    let (width, height) = (try #require(Double(root["width"] ?? "")), try #require(Double(root["height"] ?? "")))
    for text in try Self.elements("text", svg) {
      let (x, y) = (try #require(Double(text["x"] ?? "")), try #require(Double(text["y"] ?? "")))
      #expect((0...width).contains(x) && (0...height).contains(y))
    }
    let last = try #require(
      try Self.elements("rect", svg).filter { $0["class"] == "cell" }.compactMap { Double($0["y"] ?? "") }.max())
    let lines = try Self.elements("polyline", svg)
    #expect(lines.count == 1)
    let places = (lines.first?["points"] ?? "").split(separator: " ").compactMap {
      $0.split(separator: ",").last.flatMap { Double($0) }
    }
    #expect(places.allSatisfy { $0 > last })
  }
}
