/// The shapes of marks, one for each color of the palette.
package enum Marker {
  /// Around (0, 0), as SVG draws it after `M`: a start, and relative moves. The page's script has the same.
  package static let shapes: [(x: Double, y: Double, moves: String)] = [
    (-4, 0, "a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),  // circle
    (-3.6, -3.6, "h7.2v7.2h-7.2z"),  // square
    (0, -4.8, "l4.6 8.2h-9.2z"),  // triangle
    (0, -5, "l5 5l-5 5l-5 -5z"),  // diamond
    (0, 4.8, "l-4.6 -8.2h9.2z"),  // triangle upside down
    (-1.6, -4.8, "h3.2v3.2h3.2v3.2h-3.2v3.2h-3.2v-3.2h-3.2v-3.2h3.2z"),  // plus
    (0, -5, "l1.5 3.2l3.4 .4l-2.5 2.4l.6 3.5l-3 -1.7l-3 1.7l.6 -3.5l-2.5 -2.4l3.4 -.4z"),  // star
    (-4.2, -2.4, "l4.2 -2.4l4.2 2.4v4.8l-4.2 2.4l-4.2 -2.4z"),  // hexagon
  ]

  static func path(_ index: Int, _ x: Double, _ y: Double, _ number: (Double) -> String) -> String {
    let shape = shapes[index % shapes.count]
    return "M\(number(x + shape.x)) \(number(y + shape.y))\(shape.moves)"
  }
}
