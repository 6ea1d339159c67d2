/// Metrics in the text format 0.0.4 that Prometheus reads.
package struct Exposition: Sendable {
  package enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  package struct Sample: Sendable {
    /// Follows the family's name.
    var suffix = ""
    let labels: [(name: String, value: String)]
    let value: Double
  }

  package private(set) var text = ""

  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Adds all samples of a name; nothing if there are none.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value).replacing("\"", with: "\\\""))\"" }
      text += "\(name)\(sample.suffix){\(labels.joined(separator: ","))} \(Self.number(sample.value))\n"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  private static func number(_ value: Double) -> String {
    value.isNaN ? "NaN" : value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : "\(value)"
  }
}
