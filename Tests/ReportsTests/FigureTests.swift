import Foundation
import Reports
import Testing

@Suite("Figures")
struct FigureTests {
  @Test("a logarithmic scale gives each decade equal width, and 0 a separate place")
  func logarithmic() {
    let scale = Scale(of: [0, 1e-3, 1e-2, 1], logarithmic: true, from: 0, to: 100, room: 0)
    #expect(scale.hasZero)
    let places = [1e-3, 1e-2, 1e-1, 1].map(scale.position)
    #expect(abs(places[0] - 9) < 1e-9 && abs(places[3] - 100) < 1e-9)
    #expect(abs((places[1] - places[0]) - (places[3] - places[2])) < 1e-9)
    #expect(scale.position(0) > 0 && scale.position(0) < places[0])
    #expect(scale.ticks() == [0, 0.001, 0.01, 0.1, 1])
  }

  @Test("a linear scale spans its data, with round ticks")
  func linear() {
    let scale = Scale(of: [0, 50], logarithmic: false, from: 10, to: 110, room: 0)
    #expect(scale.position(0) == 10 && scale.position(25) == 60 && scale.position(50) == 110)
    #expect(scale.ticks(5) == [0, 10, 20, 30, 40, 50])
  }

  @Test(
    "ticks lie within the ends, in order, for any data",
    arguments: [[1.4142, 1.4143], [4, 9.3], [1e-9, 1e-2], [7], [0, 0], [-3, 5], [1e-300, 1e300]])
  func ticks(values: [Double]) {
    for isLogarithmic in [false, true] {
      let scale = Scale(of: values, logarithmic: isLogarithmic, from: 0, to: 1)
      let ticks = scale.ticks()
      #expect(!ticks.isEmpty && ticks.count <= 102 && ticks == ticks.sorted())
      #expect(ticks.allSatisfy { -1e-9...1 + 1e-9 ~= scale.position($0) }, "\(ticks) \(ticks.map(scale.position))")
    }
  }

  @Test(
    "labels",
    arguments: [
      (0.01, "0.01"), (1e-5, "10⁻⁵"), (3e-4, "3·10⁻⁴"), (0, "0"), (25000, "25000"), (1e12, "10¹²"),
      (0.001, "0.001"), (1e-4, "10⁻⁴"), (99999, "99999"), (1e5, "10⁵"),
    ])
  func labels(value: Double, label: String) { #expect(Scale.label(value) == label) }

  @Test("cells meet halfway; the cell of 0 is separate")
  func edges() {
    let scale = Scale(of: [0, 0.01, 1, 100], logarithmic: true, from: 0, to: 100, room: 0.2)
    let edges = CellEdges([0, 0.01, 1, 100], scale)
    #expect(abs(edges.edges(of: 0.01).1 - edges.edges(of: 1).0) < 1e-9)
    #expect(edges.edges(of: 0).1 < edges.edges(of: 0.01).0)
  }

  @Test("the best value is darkest, the worst lightest; no value has no color")
  func colors() {
    let colors = CellColors([4, 5, 6, 8])
    func lightness(_ value: Double) -> Double {
      let number = Int(colors.hexadecimal(value).dropFirst(), radix: 16) ?? -1
      return 0.3 * Double(number >> 16) + 0.59 * Double(number >> 8 & 255) + 0.11 * Double(number & 255)
    }
    let lightnesses = [4, 5, 6, 7, 8].map(lightness)
    #expect(lightnesses == lightnesses.sorted() && Set(lightnesses).count == 5)
    #expect(colors.isDark(4) && !colors.isDark(8))
    #expect(CellColors([89.3, 89.5]).isDark(89.5), "what hardly differs looks alike")
  }

  @Test("thinned values are evenly spaced and keep both ends")
  func thinning() {
    #expect(RunCurves.thinned(Array(0...10), to: 20) == Array(0...10))
    #expect(RunCurves.thinned(Array(0...1000), to: 3) == [0, 500, 1000])
    #expect(RunCurves.thinned(Array(0...10), to: 4) == [0, 3, 7, 10], "the nearest, not the one before")
    for count in 2...40 {
      let kept = RunCurves.thinned(Array(0..<137), to: count)
      #expect(kept.count == count && kept.first == 0 && kept.last == 136)
      let gaps = zip(kept.dropFirst(), kept).map(-)
      #expect((gaps.max() ?? 0) - (gaps.min() ?? 0) <= 1)
    }
  }

  @Test("numbers of curves have four digits", arguments: [1.23456, 9.87654e-7, -0.001, 123456, 0, 3e200])
  func rounding(value: Double) throws {
    let text = CurvesText.rounded(value)
    let read = try #require(Double(text))
    #expect(abs(read - value) <= 5.1e-4 * abs(value) && text.count <= 10, "\(text)")
  }
}
