package import Records

/// The figures of claims: what was measured beside what was expected and what is accepted, from the numbers of the verdict.
package enum ClaimFigures {
  /// A figure for each claim that has numbers, in their order.
  package static func figures(of claims: [Verdict]) -> [Figure] { claims.compactMap(figure) }

  /// - Returns: `nil` for a verdict without numbers, as of an earlier version.
  package static func figure(of claim: Verdict) -> Figure? {
    // Without a picture of its own, a claim's comparisons stand side by side, as in its table.
    let own = claim.picture
    let marks = claim.findings.enumerated().flatMap { index, finding in
      (finding.marks ?? []).map { mark in
        guard own == nil else { return mark }
        var mark = mark
        (mark.series, mark.x) = ("measured", Double(index + 1))
        return mark
      }
    }
    guard !marks.isEmpty else { return nil }
    let picture = own ?? sideBySide(marks)
    return Figure(
      id: "claim-\(claim.claim)", title: "Claim \(claim.claim) \(claim.holds ? "holds" : "FAILS")",
      caption: picture.caption + key(marks), x: axis(picture.x, marks.map(\.x)),
      y: axis(picture.y, marks.map(\.measured)),
      // What was measured lies above the rest.
      panels: [.init(claim.statement, series: expected(marks) + bounds(marks) + measured(marks))])
  }

  private static func sideBySide(_ marks: [ClaimPicture.Mark]) -> ClaimPicture {
    let values = marks.flatMap { [$0.measured, $0.expected, $0.leastAccepted, $0.greatestAccepted].compactMap(\.self) }
    let positive = values.filter { $0 > 0 }
    let isWide = values.allSatisfy { $0 >= 0 } && (positive.max() ?? 1) > 5 * (positive.min() ?? 1)
    return ClaimPicture(
      x: .init("comparison, by its number in claims.md"), y: .init("number compared", logarithmic: isWide),
      caption: "Every comparison of the claim that has a number.")
  }

  private static func key(_ marks: [ClaimPicture.Mark]) -> String {
    var words: [String] = []
    if marks.contains(where: { $0.interval != nil }) { words.append("bars of measured points are 95 % intervals") }
    if marks.contains(where: isBand) { words.append("bars of expected points span what is accepted") }
    return words.isEmpty
      ? ""
      : " " + words.joined(separator: "; ").prefix(1).uppercased()
        + words.joined(separator: "; ").dropFirst() + "."
  }

  private static func axis(_ axis: ClaimPicture.Axis, _ values: [Double]) -> Figure.Axis {
    // Where nothing is above 0 a logarithmic axis has no scale.
    .init(axis.label, logarithmic: axis.isLogarithmic && values.contains { $0 > 0 }, switchable: false)
  }

  // MARK: - Series

  /// Of the palette: gray for the expected, the measured take the others.
  private static let gray = 6
  private static let colors = [0, 1, 2, 3, 4, 5, 7]

  private static func isBand(_ mark: ClaimPicture.Mark) -> Bool {
    mark.leastAccepted != nil && mark.greatestAccepted != nil
  }

  /// One series a point: neighbors are different comparisons, between which there is nothing. To the legend they are one.
  private static func measured(_ marks: [ClaimPicture.Mark]) -> [Figure.Series] {
    var names: [String] = []
    return marks.map { mark in
      if !names.contains(mark.series) { names.append(mark.series) }
      let color = colors[(names.firstIndex(of: mark.series) ?? 0) % colors.count]
      return Figure.Series(
        mark.series, color: color,
        points: [
          .init(x: mark.x, y: mark.measured, low: mark.interval?.lowerBound, high: mark.interval?.upperBound)
        ])
    }
  }

  /// The line that a series should follow; for single points, each beside its own.
  private static func expected(_ marks: [ClaimPicture.Mark]) -> [Figure.Series] {
    func point(_ mark: ClaimPicture.Mark) -> Figure.Point? {
      guard isBand(mark), let least = mark.leastAccepted, let greatest = mark.greatestAccepted else {
        return mark.expected.map { .init(x: mark.x, y: $0) }
      }
      return .init(x: mark.x, y: mark.expected ?? (least + greatest) / 2, low: least, high: greatest)
    }
    func series(_ marks: [ClaimPicture.Mark]) -> Figure.Series? {
      let points = marks.sorted { $0.x < $1.x }.compactMap(point)
      return points.isEmpty ? nil : .init("expected", color: gray, points: points)
    }
    let lines = Dictionary(grouping: marks.filter { !isBand($0) && $0.series != "measured" }, by: \.series)
    return lines.sorted { $0.key < $1.key }.compactMap { series($0.value) }
      + marks.filter { isBand($0) || $0.series == "measured" }.compactMap { series([$0]) }
  }

  /// Bounds on one side alone.
  private static func bounds(_ marks: [ClaimPicture.Mark]) -> [Figure.Series] {
    marks.filter { !isBand($0) }.flatMap { mark -> [Figure.Series] in
      [("accepted: at most", mark.greatestAccepted, gray), ("accepted: at least", mark.leastAccepted, gray - 1)]
        .compactMap { name, bound, color in
          bound.map { .init(name, color: color, points: [.init(x: mark.x, y: $0)]) }
        }
    }
  }
}
