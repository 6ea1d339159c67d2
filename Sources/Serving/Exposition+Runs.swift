import Coordination
import EffectiveLearningRate

extension Exposition {
  /// - Parameter runs: of different names.
  package init(of runs: [RunMetrics]) {
    one("tare_steps_total", .counter, "Steps that the weights have had.", runs) { Double($0.steps) }
    stepSeconds(of: runs)
    one("tare_images_per_second", .gauge, "Training images in a second, over the last logging window.", runs) {
      $0.imagesPerSecond
    }
    standing(of: runs)
    one("tare_member_failures_total", .counter, "Servers and workers that were declared failed.", runs) {
      $0.losses.map(Double.init)
    }
    for (name, metric) in Self.network { one(name, .gauge, Self.help(metric), runs) { $0.value(of: metric) } }
    for (name, metric) in Self.layers {
      several(name, .gauge, Self.help(metric), runs) { run in
        run.layers(of: metric).map { ([("layer", $0.layer)], $0.value) }
      }
    }
  }

  private static let network: [(String, any Metric.Type)] = [
    ("tare_train_loss", TrainLoss.self), ("tare_test_error", TestError.self),
    ("tare_learning_rate", LearningRate.self), ("tare_staleness", GradientStaleness.self),
  ]

  private static let layers: [(String, any Metric.Type)] = [
    ("tare_effective_learning_rate", EffectiveRate.self), ("tare_weight_norm", WeightNorm.self),
    ("tare_angular_update", AngularUpdate.self),
  ]

  private static func help(_ metric: any Metric.Type) -> String {
    let definition = metric.definition
    return "\(definition.definition) (\(definition.headline.rawValue), in \(definition.unit))"
  }

  private mutating func one(
    _ name: String, _ kind: Kind, _ help: String, _ runs: [RunMetrics], _ value: (RunMetrics) -> Double?
  ) { several(name, kind, help, runs) { run in value(run).map { [([], $0)] } ?? [] } }

  private mutating func several(
    _ name: String, _ kind: Kind, _ help: String, _ runs: [RunMetrics],
    _ values: (RunMetrics) -> [([(name: String, value: String)], Double)]
  ) {
    add(
      name, kind, help,
      runs.flatMap { run in
        values(run).map { Sample(labels: [("run", run.run)] + $0.0, value: $0.1) }
      })
  }

  private mutating func stepSeconds(of runs: [RunMetrics]) {
    add(
      "tare_step_seconds", .histogram,
      "Seconds of a step; those of one logging window count as equally long.",
      runs.flatMap { run -> [Sample] in
        guard let steps = run.stepSeconds else { return [] }
        let bounds = StepHistogram.bounds.map { "\($0)" } + ["+Inf"]
        return zip(bounds, steps.counts + [steps.count]).map { bound, count in
          Sample(suffix: "_bucket", labels: [("run", run.run), ("le", bound)], value: Double(count))
        } + [
          Sample(suffix: "_sum", labels: [("run", run.run)], value: steps.sum),
          Sample(suffix: "_count", labels: [("run", run.run)], value: Double(steps.count)),
        ]
      })
  }

  private mutating func standing(of runs: [RunMetrics]) {
    several("tare_members", .gauge, "Servers and workers, by how the coordinator sees them.", runs) { run in
      guard let places = run.standing?.places else { return [] }
      return Member.Role.allCases.flatMap { role in
        RunStanding.Presence.allCases.map { presence in
          let count = places.count { $0.member.role == role && $0.presence == presence }
          return ([("role", role.rawValue), ("state", presence.rawValue)], Double(count))
        }
      }
    }
    several("tare_queue_depth", .gauge, "Microbatches and evaluation jobs that a worker has in hand.", runs) { run in
      (run.standing?.places ?? []).filter { $0.member.role == .worker && $0.presence != .absent }.map {
        ([("role", "worker"), ("rank", "\($0.member.rank)")], Double($0.pending))
      }
    }
    several(
      "tare_bytes_total", .counter,
      "Bytes of messages over the connections of a process; tensors in shared memory are not among them.", runs
    ) { run in
      guard let standing = run.standing else { return [] }
      func samples(_ role: String, _ rank: String, _ received: Int, _ sent: Int) -> [(
        [(name: String, value: String)], Double
      )] {
        [("received", received), ("sent", sent)].map { direction, bytes in
          ([("role", role), ("rank", rank), ("direction", direction)], Double(bytes))
        }
      }
      return samples("coordinator", "0", standing.receivedBytes, standing.sentBytes)
        + standing.places.filter { $0.presence != .absent }.flatMap {
          samples($0.member.role.rawValue, "\($0.member.rank)", $0.receivedBytes, $0.sentBytes)
        }
    }
  }
}
