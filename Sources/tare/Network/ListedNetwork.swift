import Foundation
import NeuralNetwork
import Parameters
import Terminal

/// What `tare network show` prints.
struct ListedNetwork: Encodable {
  struct Layer: Encodable {
    let line: String
    /// `nil` for `norm` without a normalization.
    let name: String?
    /// Channels, height and width.
    let output: [Int]?
    let parameters: Int
    /// The weights, if there are any: "filter", "layer", "groups of 4 filters", "no".
    let invariant: String?
  }

  let input: [Int]
  let classes: Int
  let parameters: Int
  let layers: [Layer]

  init(_ listing: NetworkListing) {
    let architecture = listing.architecture
    let verdicts = Dictionary(
      architecture.audit.map { ($0.parameter.name, $0.verdict.words) }, uniquingKeysWith: { first, _ in first })
    input = [architecture.input.channels, architecture.input.height, architecture.input.width]
    classes = architecture.classes
    parameters = listing.rows.reduce(0) { $0 + $1.parameterCount }
    layers = listing.rows.map { row in
      Layer(
        line: row.line, name: row.stage?.name,
        output: row.stage.map { [$0.output.channels, $0.output.height, $0.output.width] },
        parameters: row.parameterCount, invariant: row.stage.flatMap { verdicts["\($0.name).weight"] })
    }
  }

  /// A plan's list with comments.
  var text: String {
    let width = layers.map { TerminalText.width($0.line) }.max() ?? 0
    let rows = layers.map { layer in
      let padding = String(repeating: " ", count: width - TerminalText.width(layer.line))
      return "  - \(layer.line)\(padding)  # \(Self.comment(on: layer))"
    }
    return (["# \(parameters) parameters; images of \(Shape.text(of: input)), \(classes) classes", "network:"] + rows)
      .joined(separator: "\n")
  }

  private static func comment(on layer: Layer) -> String {
    guard let name = layer.name, let output = layer.output else { return "nothing: normalization is none" }
    var words = output.suffix(2) == [1, 1] ? "\(output[0])" : Shape.text(of: output)
    if layer.parameters > 0 { words += ", \(name): \(layer.parameters) parameters" }
    if let invariant = layer.invariant { words += "; scale-invariant: \(invariant)" }
    return words
  }
}
