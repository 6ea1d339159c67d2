import EffectiveLearningRate
import Optimization
import Parameters
import TestSupport

/// Training of one filter on a loss of the direction of the weights alone: f(w) = ⟨c_t, w⟩/‖w‖ with another c_t in each
/// step, whose gradient is (c − u⟨u, c⟩)/‖w‖.
struct ScaleInvariantLoop {
  let update: TensorUpdate
  /// η by step.
  let learningRate: (Int) -> Double
  /// Steps in a logging window.
  var window = 7
  /// Added to the gradient along w, which breaks the invariance.
  var leak = 0.0

  /// The last window, after `steps` steps.
  func run(_ steps: Int, size: Int = 24) -> (windows: [FilterWindow], context: LayerContext) {
    let random = CounterRandom(seed: 3, purpose: .probe)
    let tensor = TrainedTensor((0..<size).map { random.normal(1 << 20, $0) }, update: update)
    var group = GroupWindows(invariance: .filter, filters: 1)
    for step in 0..<steps {
      if step.isMultiple(of: window) { group.reset() }
      let w = tensor.weights
      let c = (0..<size).map { random.normal(step, $0) }
      let squaredNorm = w.reduce(0) { $0 + $1 * $1 }
      let along = zip(w, c).reduce(0) { $0 + $1.0 * $1.1 } / squaredNorm
      tensor.step(
        zip(w, c).map { ($1 - along * $0 + leak * $0) / squaredNorm.squareRoot() }, learningRate: learningRate(step))
      group.add(tensor.sums, in: StepConditions(update, learningRate: learningRate(step)))
    }
    let context = LayerContext(update: update, learningRate: learningRate(steps - 1), invariance: .filter)
    return (group.windows, context)
  }

  func headline(_ metric: any GroupMetric.Type, steps: Int = 200) -> Double? {
    let (windows, context) = run(steps)
    return Metrics.headline(metric, of: windows, in: context)
  }
}
