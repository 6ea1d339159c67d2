import Coordination
import Datasets
import Foundation
import Launching
import Parameters
import RunDefinition
package import Specification
import Synchronization
import Training
import Transport

/// The duration of a sweep, estimated from a few steps of each kind of run in it.
package struct SweepEstimate: Sendable {
  /// Seconds that one kind of run takes, with as many runs in parallel as in the sweep.
  private struct Cost {
    let step: Double
    let evaluation: Double
    /// Everything else: reading, joining, records.
    let rest: Double
  }

  /// Seconds.
  package let duration: Double
  /// Number of kinds of runs measured.
  package let kinds: Int

  private static let steps = 100
  private static let window = 10

  /// Trains `steps` steps of each kind, `parallel` runs at a time, in temporary folders.
  package init(of runs: [SweepRun], parallel: Int) throws {
    var costs: [String: Cost] = [:]
    let inputs = RunInputs()
    let datasets = inputs.datasets
    var total = 0.0
    for run in runs {
      let kind = Self.kind(of: run.spec)
      let cost = try costs[kind] ?? Self.measure(run.launchable(datasets), parallel: parallel, inputs)
      costs[kind] = cost
      let definition = try RunDefinition(
        spec: run.spec, images: DatasetSummary(datasets.dataset(DatasetRequest(run.spec.dataset))))
      let evaluations = definition.evaluations.count(steps: definition.steps)
      total += cost.rest + Double(definition.steps) * cost.step + Double(evaluations) * cost.evaluation
    }
    kinds = costs.count
    // A sweep of fewer runs than `parallel` does not fill all places.
    duration = total / Double(min(parallel, max(runs.count, 1)))
  }

  /// The fields that determine the duration of a step.
  private static func kind(of spec: RunSpec) -> String {
    let prefixes = [
      "dataset.", "network.", "normalization", "batch", "microbatch", "precision", "backend", "isa", "optimizer.name",
    ]
    return SpecField.all.filter { field in prefixes.contains { field.path.hasPrefix($0) } }
      .map { "\($0.path)=\($0.read(spec).text)" }.joined(separator: " ")
  }

  private static func measure(_ spec: RunSpec, parallel: Int, _ inputs: RunInputs) throws -> Cost {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let results = Mutex<[Result<Cost, any Error>]>([])
    DispatchQueue.concurrentPerform(iterations: parallel) { index in
      let cost = Result {
        var spec = spec
        spec.steps = steps
        spec.epochs = nil
        spec.schedule = ScheduleSpec()
        spec.execution.evaluateEvery = steps
        spec.execution.metricsEvery = window
        spec.execution.output = "\(scratch.path)/\(index)"
        let (watch, began) = (StopWatch(), ContinuousClock.now)
        _ = try TrainingRun(spec.resolved, inputs: inputs).train(notices: Mailbox()) { _ in watch }
        return watch.cost(total: began.duration(to: .now) / .seconds(1))
      }
      results.withLock { $0.append(cost) }
    }
    let costs = try results.withLock { $0 }.map { try $0.get() }
    func mean(_ value: (Cost) -> Double) -> Double { costs.map(value).reduce(0, +) / Double(costs.count) }
    return Cost(step: mean(\.step), evaluation: mean(\.evaluation), rest: mean(\.rest))
  }

  private final class StopWatch: RunObserver {
    private var first: ContinuousClock.Instant?
    private var last: (version: Int, at: ContinuousClock.Instant)?
    private var evaluated: ContinuousClock.Instant?

    func logged(version: Int, loss: Double?) {
      if first == nil { first = .now }
      last = (version, .now)
    }

    func evaluated(version: Int, _ tally: Tally) { evaluated = .now }

    func cost(total: Double) -> Cost {
      guard let first, let last, let evaluated, last.version > window else {
        return Cost(step: 0, evaluation: 0, rest: total)
      }
      let step = first.duration(to: last.at) / .seconds(1) / Double(last.version - window)
      let evaluation = last.at.duration(to: evaluated) / .seconds(1)
      return Cost(step: step, evaluation: evaluation, rest: max(0, total - Double(last.version) * step - evaluation))
    }
  }
}
