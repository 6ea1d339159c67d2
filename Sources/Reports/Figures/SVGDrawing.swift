import Foundation

/// Writes the elements of an SVG file.
struct SVGDrawing {
  private var elements: [String] = []
  private let head: String
  private var clips = 0

  init(width: Double, height: Double, title: String, caption: String) {
    let (width, height) = (Self.number(width), Self.number(height))
    head = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" fill="#222" role="img">
      <title>\(Self.escaped(title))</title>
      <desc>\(Self.escaped(caption))</desc>
      <rect width="\(width)" height="\(height)" fill="#fff"/>
      """
  }

  var svg: String { ([head] + elements + ["</svg>"]).joined(separator: "\n") + "\n" }

  /// - Parameter plate: the color of a rectangle below the words that keeps lines off them, and the most that it may be wide.
  mutating func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String = "start", size: Double = 12, weight: String = "400",
    color: String = "#222", turned: Bool = false, plate: (color: String, width: Double)? = nil
  ) {
    if let plate {
      let width = min(Double(words.count) * size * 0.62 + 4, plate.width)
      elements.append(
        "<rect class=\"plate\" x=\"\(Self.number(x - width / 2))\" y=\"\(Self.number(y - size))\" "
          + "width=\"\(Self.number(width))\" height=\"\(Self.number(size * 1.3))\" fill=\"\(plate.color)\"/>")
    }
    let turn = turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    elements.append(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" font-size=\"\(Self.number(size))\" "
        + "font-weight=\"\(weight)\" fill=\"\(color)\"\(turn)>\(Self.escaped(words))</text>")
  }

  mutating func line(
    _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ color: String, width: Double = 1, dashes: String? = nil
  ) {
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    elements.append(
      "<line x1=\"\(Self.number(x0))\" y1=\"\(Self.number(y0))\" x2=\"\(Self.number(x1))\" y2=\"\(Self.number(y1))\" "
        + "stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"\(dash)/>")
  }

  mutating func path(_ points: [(Double, Double)], _ color: String, dashes: String? = nil) {
    guard points.count > 1 else { return }
    let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
    let places = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }.joined(separator: " ")
    elements.append("<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\"\(dash)/>")
  }

  mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ color: String) {
    elements.append(
      "<rect class=\"cell\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
        + "height=\"\(Self.number(height))\" fill=\"\(color)\" stroke=\"#fff\"/>")
  }

  /// One point; the shape says the same as the color. Gray without one.
  mutating func mark(_ x: Double, _ y: Double, color: Int?, fill: Figure.Fill = .full) {
    let (stroke, path) = (Figure.stroke(color), Marker.path(color ?? 0, x, y, Self.number))
    let (inside, edge, width) = fill == .full ? (stroke, "#fff", ".8") : ("#fff", stroke, "1.6")
    elements.append(
      "<path class=\"mark\" d=\"\(path)\" fill=\"\(inside)\" stroke=\"\(edge)\" stroke-width=\"\(width)\"/>")
    if fill == .crossed {
      let (left, top) = (Self.number(x - 2), Self.number(y - 2))
      elements.append("<path d=\"M\(left) \(top)l4 4m0 -4l-4 4\" stroke=\"\(stroke)\" fill=\"none\"/>")
    }
    if fill == .dotted {
      elements.append("<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"1.3\" fill=\"\(stroke)\"/>")
    }
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
