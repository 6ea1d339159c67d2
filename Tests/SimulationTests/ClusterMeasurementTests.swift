import Parameters
import Testing

import Simulation

/// What is told of real processes, beside a simulation.
@Suite("Cluster measurement")
struct ClusterMeasurementTests {
  /// A cluster whose step takes 0.05 s.
  private static func simulated() throws -> ClusterFindings {
    let layout = ParameterLayout([
      Parameter(layer: "a", shape: Shape(10), role: .bias, group: .head, initializer: .constant(0))
    ])
    var plan = ClusterPlan(
      workers: 1, network: ClusterNetwork(bytesPerSecond: .infinity), costs: ClusterCosts(microbatchSeconds: 0.05),
      shards: ShardMap(layout: layout, serverCount: 1))
    plan.steps = 4
    return try ClusterSimulator.measureAlone(plan)
  }

  @Test("a step lasts from one beginning of the last worker to its next; the first two don't count; the median does")
  func median() throws {
    // The last worker begins at 0, 5, 7, 7.5, 8.1, 9.9.
    let starts: [[Int: Double]] = [
      [0: 0, 1: 4, 2: 7, 3: 7.4, 4: 8.1, 5: 9.8], [0: 0, 1: 5, 2: 6, 3: 7.5, 4: 7.9, 5: 9.9],
    ]
    let measured = try #require(ClusterMeasurement(of: Self.simulated(), starts: starts))
    let expected = [0.5, 0.6, 1.8]
    #expect(measured.stepsSeconds.count == 3)
    #expect(zip(measured.stepsSeconds, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(measured.stepSeconds - 0.6) < 1e-9)
    #expect(abs(measured.difference - (0.05 / 0.6 - 1)) < 1e-6)
  }

  @Test("of an even number of steps it is the mean of the two in the middle; a step that was not noted is left out")
  func gaps() throws {
    let even = try #require(ClusterMeasurement(of: Self.simulated(), starts: [[2: 0, 3: 1, 4: 3]]))
    #expect(abs(even.stepSeconds - 1.5) < 1e-9)
    let gap = try #require(ClusterMeasurement(of: Self.simulated(), starts: [[2: 0, 3: 1, 5: 7, 6: 9]]))
    #expect(gap.stepsSeconds.count == 2 && abs(gap.stepSeconds - 1.5) < 1e-9)
  }

  @Test("without a whole step there is nothing to compare", arguments: [[[:]], [[2: 1]], [[0: 0, 1: 1, 2: 2]], []])
  func tooFew(starts: [[Int: Double]]) throws {
    #expect(ClusterMeasurement(of: try Self.simulated(), starts: starts) == nil)
  }
}
