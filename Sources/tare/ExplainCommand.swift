import ArgumentParser
import EffectiveLearningRate
import Failures
import Terminal

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a metric: definition, unit, source, statistics.",
    discussion: "Without a name, lists all metrics of metrics.csv.")

  @Argument(
    help: ArgumentHelp("A metric's name, as in metrics.csv.", valueName: "metric"),
    completion: .list(Metrics.all.map { $0.name.rawValue }))
  var metric: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard !json else {
      let metrics = try (metric.map { [try MetricGlossary.metric($0)] } ?? Metrics.all).map {
        try MetricGlossary.Entry($0)
      }
      return try print(JSONOutput.text(of: MetricGlossary.Listing(metrics: metrics)))
    }
    guard let metric else { return try print(MetricGlossary.text) }
    try print(MetricGlossary.explanation(of: metric))
  }
}

/// The texts of `tare explain`.
package enum MetricGlossary {
  /// All metrics as aligned columns.
  package static var text: String {
    var table = TextTable(header: ["METRIC", "OF", "UNIT", "HEADLINE"], of: .words)
    for metric in Metrics.all {
      let definition = metric.definition
      table.append([definition.name.rawValue, subject(of: metric), definition.unit, definition.headline.rawValue])
    }
    return table.lines.joined(separator: "\n")
  }

  /// - Throws: `UsageError` for a name that no metric has.
  static func metric(_ name: String) throws(UsageError) -> any Metric.Type {
    let names = Metrics.all.map { $0.name.rawValue }
    guard let metric = Metrics.all.first(where: { $0.name.rawValue == name }) else {
      let suggestion = NearestName.of(name, in: names).map { "; did you mean \"\($0)\"?" } ?? ";"
      throw UsageError(
        field: nil, "Metric \"\(name)\" is unknown\(suggestion) \"tare explain\" lists all \(names.count).")
    }
    return metric
  }

  /// - Throws: `UsageError` for a name that no metric has.
  package static func explanation(of name: String) throws -> String {
    let metric = try metric(name)
    let definition = metric.definition
    let statistics = try Metrics.statistics(of: metric).map(\.rawValue).joined(separator: ", ")
    return """
      \(definition.name), of \(subject(of: metric))
        definition  \(definition.definition)
        unit        \(definition.unit)
        source      \(definition.source)
        statistics  \(statistics)
        headline    \(definition.headline.rawValue)
      """
  }

  /// What `tare explain --json` prints.
  struct Listing: Encodable { let metrics: [Entry] }

  struct Entry: Encodable {
    let name: String
    let of: String
    let definition: String
    let unit: String
    let source: String
    let statistics: [String]
    let headline: String

    init(_ metric: any Metric.Type) throws {
      let definition = metric.definition
      (name, of) = (definition.name.rawValue, subject(of: metric))
      (self.definition, unit, source) = (definition.definition, definition.unit, definition.source)
      statistics = try Metrics.statistics(of: metric).map(\.rawValue)
      headline = definition.headline.rawValue
    }
  }

  private static func subject(of metric: any Metric.Type) -> String {
    switch metric {
    case is any GroupMetric.Type: "a layer's weights"
    case is any NormalizationMetric.Type: "a normalization"
    case is any NetworkMetric.Type: "training"
    default: "an evaluation"
    }
  }
}
