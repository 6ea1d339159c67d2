import Records

extension Figure {
  /// The numbers behind the figure, a line a mark: `panel,series,<x>,<y>,low,high,runs,lost`.
  package var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let header = CSV.line(
      ["panel", "series", x.label, panels.contains { !$0.cells.isEmpty } ? "value" : y.label]
        + ["low", "high", "runs", "lost"])
    let lines = panels.flatMap { panel -> [String] in
      panel.series.flatMap { series in
        series.points.map {
          CSV.line(
            [panel.title, series.name, "\($0.x)", text($0.y), text($0.low), text($0.high), "\($0.runs)", "\($0.lost)"])
        }
      }
        + panel.cells.map {
          CSV.line([panel.title, "\(y.label) \($0.y)", "\($0.x)", text($0.value), "", "", "\($0.runs)", "\($0.lost)"])
        }
    }
    return header + lines.joined()
  }
}
