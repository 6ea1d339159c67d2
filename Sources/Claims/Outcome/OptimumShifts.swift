package import Records
import Foundation

/// Claim 21: the best λ moves with η: as 1/η for SGD and as 1/η² for Adam with coupled decay.
///
/// Every η is trained with the same λ_d. Around the λ_d of the lowest mean error, a parabola is fitted to log error
/// against log λ_d for each seed; its minimum is regressed on log η over all seeds. If the parabola of a seed has no
/// minimum there, the λ_d of the lowest mean error is used.
package struct OptimumShifts: Claim {
  package let number = 21
  package let group = ClaimGroup.outcome
  package let statement = "The best λ falls as 1/η for SGD and as 1/η² for Adam with L2."
  package let source = "van Laarhoven 2017, arXiv:1706.05350"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("η", logarithmic: true), y: .init("best λ_d", logarithmic: true),
    caption:
      "The λ_d of the least test error at each η, a mean over seeds; the expected line has the claim's slope, through "
      + "the middle of the measured points.")

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let maps = [(RecipeMap.nesterov, -1.0), (.adam, -2.0)]
    let count = setting.seeds(atLeast: Margins.Outcome.seeds)
    return try maps.map { map, expected in
      let seeds = map.firstSeed...(map.firstSeed + count - 1)
      let errors = try laboratory.errors(of: map.rows.flatMap { $0 }, in: setting, seeds: seeds)
      var (x, y): ([Double], [Double]) = ([], [])
      var best: [String] = []
      for row in map.rows {
        let minima = Self.minima(row, errors)
        y += minima
        x += minima.map { _ in log(row[0].learningRate) }
        best.append("\(text(exp(mean(minima)))) at η \(row[0].learningRate)")
      }
      let slope = LinearRegression(x, y)?.slope ?? Estimate(meanOf: [])
      let accepted = about(expected, Margins.Outcome.slope)
      return Finding(
        "\(map.optimizer.rawValue): slope of log best λ_d over log η (\(best.joined(separator: ", ")))",
        expected: "about \(text(expected))", slope,
        tolerance: "\(text(accepted.lowerBound)) to \(text(accepted.upperBound)), interval below 0",
        holds: accepted.contains(slope.value) && slope.interval().upperBound < 0
      ).drawn(map.optimizer.rawValue, along: x, y, slope: expected)
    }
  }

  /// log of the best λ_d at one η, by seed.
  private static func minima(_ row: [Recipe], _ errors: [Recipe: [Double]]) -> [Double] {
    let columns = row.map { errors[$0] ?? [] }
    let means = columns.map(mean)
    let lowest = means.indices.min { means[$0] < means[$1] } ?? 0
    let reach = Margins.Outcome.neighbors
    let near = max(0, lowest - reach)...min(row.count - 1, lowest + reach)
    let decays = near.map { log(row[$0].decay) }
    return columns[lowest].indices.map { seed in
      let minimum = Parabola(decays, near.map { log(columns[$0][seed]) })?.minimum
      guard let minimum, minimum >= decays[0], minimum <= decays[decays.count - 1] else {
        return log(row[lowest].decay)
      }
      return minimum
    }
  }
}
