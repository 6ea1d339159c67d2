import Foundation

/// Writes the elements of an SVG file.
struct SVGDrawing {
  private var elements: [String] = []
  private let head: String
  private var clips = 0

  init(layout: FigureLayout, title: String, caption: String) {
    let (width, height) = (Self.number(layout.width), Self.number(layout.height))
    head = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" fill="#222" role="img">
      <title>\(Self.escaped(title))</title>
      <desc>\(Self.escaped(caption))</desc>
      <rect width="\(width)" height="\(height)" fill="#fff"/>
      """
  }

  var svg: String { ([head] + elements + ["</svg>"]).joined(separator: "\n") + "\n" }

  /// - Parameter halo: a color to keep lines off the words.
  mutating func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String = "start", size: Double = 12, weight: String = "400",
    color: String = "#222", turned: Bool = false, halo: String? = nil
  ) {
    let edge = halo.map { " stroke=\"\($0)\" stroke-width=\"3\" paint-order=\"stroke\"" } ?? ""
    let turn = turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    elements.append(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(Self.number(size))\" "
        + "font-weight=\"\(weight)\" fill=\"\(color)\"\(edge)\(turn)>\(Self.escaped(words))</text>")
  }

  mutating func line(
    _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ color: String, width: Double = 1, dashes: String? = nil
  ) {
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    elements.append(
      "<line x1=\"\(Self.number(x0))\" y1=\"\(Self.number(y0))\" x2=\"\(Self.number(x1))\" y2=\"\(Self.number(y1))\" "
        + "stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"\(dash)/>")
  }

  mutating func path(_ points: [(Double, Double)], _ color: String) {
    guard points.count > 1 else { return }
    let places = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
    elements.append("<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"/>")
  }

  mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: String) {
    elements.append(
      "<rect class=\"cell\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
        + "height=\"\(Self.number(height))\" fill=\"\(color)\" stroke=\"#fff\"/>")
  }

  /// One point; the shape says the same as the color.
  mutating func mark(_ x: Double, _ y: Double, color: Int) {
    let fill = Figure.palette[color % Figure.palette.count]
    let shape =
      switch color % 4 {
      case 0: "<circle class=\"mark\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"4\""
      case 1: "<path class=\"mark\" d=\"M\(Self.number(x - 3.6)) \(Self.number(y - 3.6))h7.2v7.2h-7.2z\""
      case 2: "<path class=\"mark\" d=\"M\(Self.number(x)) \(Self.number(y - 4.8))l4.6 8.2h-9.2z\""
      default: "<path class=\"mark\" d=\"M\(Self.number(x)) \(Self.number(y - 5))l5 5l-5 5l-5 -5z\""
      }
    elements.append("\(shape) fill=\"\(fill)\" stroke=\"#fff\" stroke-width=\".8\"/>")
  }

  /// What diverged.
  mutating func cross(_ x: Double, _ y: Double, _ color: String) {
    elements.append(
      "<path class=\"lost\" d=\"M\(Self.number(x - 4)) \(Self.number(y - 4))l8 8m0 -8l-8 8\" stroke=\"\(color)\" "
        + "stroke-width=\"1.6\" fill=\"none\"/>")
  }

  mutating func clip(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ body: (inout SVGDrawing) -> Void) {
    clips += 1
    elements.append(
      "<clipPath id=\"c\(clips)\"><rect x=\"\(Self.number(x0))\" y=\"\(Self.number(y0))\" "
        + "width=\"\(Self.number(x1 - x0))\" height=\"\(Self.number(y1 - y0))\"/></clipPath><g clip-path=\"url(#c\(clips))\">"
    )
    body(&self)
    elements.append("</g>")
  }

  private static func number(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(format: "%.0f", rounded) : String(format: "%.1f", rounded)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
