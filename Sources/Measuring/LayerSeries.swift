import EffectiveLearningRate
import Foundation
package import Optimization
package import Parameters
package import Records

/// The metrics of one layer over a series of its weights.
///
/// Between two checkpoints, w and w + d, the metrics of a step are those of the whole way: `angularUpdate` is the angle between
/// the two, and `normDrift` compares the change of ‖w‖² with ‖d‖². What needs gradients is undefined.
package struct LayerSeries: Sendable {
  private let name: String
  private let filterLength: Int
  private let context: @Sendable (_ step: Int) -> LayerContext
  private let memory: DirectionMemory?
  private var windows: GroupWindows
  private var first: Buffer<Double>?
  private var last: (step: Int, weights: Buffer<Double>)?

  /// - Parameters:
  ///   - update: what a step did to the layer.
  ///   - learningRate: η of a step, schedule included.
  package init(
    name: String, filters: Int, filterLength: Int, invariance: Parameter.ScaleInvariance, update: TensorUpdate,
    learningRate: @escaping @Sendable (_ step: Int) -> Double
  ) {
    self.name = name
    self.filterLength = filterLength
    context = { LayerContext(update: update, learningRate: learningRate($0), invariance: invariance) }
    windows = GroupWindows(invariance: invariance, filters: filters)
    memory = DirectionMemory(update)
  }

  /// The weights at the next checkpoint.
  ///
  /// - Parameter step: larger than the one before.
  package mutating func append(_ weights: [Double], at step: Int) -> [MetricRow] {
    let buffer = Buffer(weights)
    let start = first ?? buffer
    first = start
    var rows = standing(buffer, at: step)
    if let last {
      windows.reset()
      windows.add(sums(from: last.weights, to: buffer))
      windows.close(sums(from: start, to: buffer).map { FilterEnd(journey: $0) })
      rows += read(windows.windows, Self.moving, at: step)
      rows.append(
        MetricRow(
          step: step, layer: name, metric: PredictedAngularUpdate.name, statistic: .rms,
          value: predictedAngle(from: last.step, to: step)))
    }
    last = (step, buffer)
    return rows
  }

  /// Of the weights alone.
  private static let standing: [any Metric.Type] = [
    WeightNorm.self, EffectiveRate.self, EffectiveRateWithMomentum.self,
  ]

  /// Of the way from one checkpoint to the next.
  private static let moving: [any Metric.Type] = [
    UpdateNorm.self, RelativeUpdate.self, AngularUpdate.self, CumulativeAngle.self, AngleToInitial.self,
    RadialUpdate.self, TangentialUpdate.self, NormDrift.self, NormGrowth.self, InEquilibrium.self,
  ]

  private func standing(_ weights: Buffer<Double>, at step: Int) -> [MetricRow] {
    var still = windows
    still.reset()
    still.add(sums(from: weights, to: weights))
    return read(still.windows, Self.standing, at: step)
  }

  private func read(_ windows: [FilterWindow], _ metrics: [any Metric.Type], at step: Int) -> [MetricRow] {
    Metrics.rows(of: windows, in: context(step), metrics: metrics).map { $0.record(step: step, layer: name) }
  }

  /// Between weights of two steps, if gradients of different steps have independent directions. A smaller angle means that steps
  /// undo one another.
  private func predictedAngle(from: Int, to: Int) -> Double? {
    // Where a memory is known, the angle does not depend on the gradient: any will do.
    guard let memory, let angle = context(from + 1).equilibrium(squaredUnitGradient: 1, liveWeights: 1)?.angle else {
      return nil
    }
    let rates = (from + 1...to).lazy.map { context($0).learningRate(of: 0) }
    // Schedules rise to their largest rate, and then fall: three equal ones are a constant rate.
    let isConstant = rates.first == rates.last && rates.first == context(from + (to - from + 1) / 2).learningRate(of: 0)
    let cosine =
      isConstant
      ? memory.cosine(over: to - from, learningRate: rates.first ?? 0, angle: angle)
      : memory.cosine(over: rates, angle: angle)
    return acos(max(-1, min(1, cosine)))
  }

  private func sums(from old: Buffer<Double>, to new: Buffer<Double>) -> [FilterSums] {
    let filters = old.count / filterLength
    return unsafe FilterSums.ofStep(from: old.start, to: new.start, filters: filters, filterLength: filterLength).map {
      // Where `ofStep` has the new weights, a step would have a gradient.
      var sums = $0
      (sums.g2, sums.wg, sums.live) = (0, 0, 0)
      // A filter that ends in zeros has no direction to turn to, as one that begins with them has none to turn from.
      if sums.w2 + 2 * sums.wd + sums.d2 == 0 { sums.w2 = 0 }
      return sums
    }
  }
}
