import EffectiveLearningRate
import Records
import Testing

@Suite("Rows by step")
struct MetricRowStepsTests {
  @Test(
    "neighbors of one step are together, and nothing is lost or moved",
    arguments: [[], [1], [1, 1, 2], [0, 1, 1, 1, 5, 5], [3, 1, 3]])
  func groups(steps: [Int]) {
    let rows = steps.enumerated().map {
      MetricRow(step: $1, layer: "\($0)", metric: TrainLoss.name, statistic: .mean, value: 0)
    }
    let groups = rows.byStep
    #expect(groups.flatMap { $0 } == rows)
    #expect(groups.allSatisfy { group in group.allSatisfy { $0.step == group.first?.step } })
    #expect(zip(groups, groups.dropFirst()).allSatisfy { $0.first?.step != $1.first?.step })
  }
}
