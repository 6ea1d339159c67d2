import Benchmarks
import Specification
import Training

/// The speed of a run on real processes, without its start-up and its evaluation.
struct RunSpeed {
  /// Of a measurement, about.
  let seconds: Double

  /// Images a second.
  ///
  /// - Parameters:
  ///   - expected: images a second, to choose the number of steps by.
  ///   - begin: called when the measurement begins.
  ///   - end: called when it ends, or the run has failed.
  func measure(
    _ spec: RunSpec, workers: Int, expected: Double, begin: @escaping () -> Void = {}, end: () -> Void = {}
  ) throws -> Double {
    var spec = spec
    let window = max(2, Int(seconds * expected / Double(spec.samplesPerStep) / 8))
    spec.execution.workers = workers
    spec.execution.metricsEvery = window
    // The first window is for warming up.
    let steps = 9 * window
    spec.steps = steps
    spec.epochs = nil
    spec.execution.evaluateEvery = steps
    let clock = WindowClock(begin: begin)
    defer { end() }
    try MeasuredRun(spec: spec).run(observer: clock)
    guard let seconds = clock.seconds else { return 0 }
    return Double((steps - window) * spec.samplesPerStep) / seconds
  }
}

/// Times the logging windows of a run but the first: neither start-up nor the evaluation at the end.
private final class WindowClock: RunObserver {
  private let begin: () -> Void
  private var first: ContinuousClock.Instant?
  private(set) var seconds: Double?

  init(begin: @escaping () -> Void) { self.begin = begin }

  func logged(version: Int, loss: Double?) {
    if let first { return seconds = first.duration(to: .now).seconds }
    first = .now
    begin()
  }
}
