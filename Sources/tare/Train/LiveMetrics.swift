import Coordination
import MicroHTTPD
import Parameters
import Records
import RunDefinition
import Serving
import Specification
import Synchronization
import Training

/// The metrics of the run that this process leads, served over HTTP while it trains.
final class LiveMetrics: RunObserver {
  private struct Pace {
    var version = 0
    var since = ContinuousClock.now
  }

  private let metrics = Reference()
  private let daemon: Server
  private let name: () -> String?
  private var pace = Pace()
  private let samplesPerStep: Int

  /// What requests read, on a thread of the daemon's.
  private final class Reference: Sendable {
    let value = Mutex(RunMetrics(run: ""))
  }

  /// Holds the daemon, which cannot be copied.
  private final class Server {
    let daemon: Daemon
    init(_ daemon: consuming Daemon) { self.daemon = daemon }
  }

  /// - Parameters:
  ///   - port: of 127.0.0.1; 0 for a free one.
  ///   - name: the run's folder, once it has one.
  init(_ definition: RunDefinition, port: UInt16, name: @escaping () -> String?) throws {
    samplesPerStep = definition.spec.samplesPerStep
    self.name = name
    daemon = Server(
      try ReportServer.metrics(port: port) { [metrics] in
        Exposition(of: [metrics.value.withLock { $0 }]).text
      })
    change {
      $0.losses = 0
      $0.stepSeconds = StepHistogram()
    }
    StandardError.print("metrics: http://127.0.0.1:\(daemon.daemon.port)/metrics")
  }

  func opened() { change { $0.run = name() ?? "" } }

  func started(after version: Int) {
    pace = Pace(version: version)
    change { $0.steps = version }
  }

  func recorded(_ rows: [MetricRow]) { change { $0.add(rows) } }

  func stands(_ standing: RunStanding) { change { $0.standing = standing } }

  func logged(version: Int, loss: Double?) {
    let now = ContinuousClock.now
    let (steps, elapsed) = (version - pace.version, pace.since.duration(to: now) / .seconds(1))
    pace = Pace(version: version, since: now)
    // After a rewind, the steps are counted again.
    guard steps > 0 else { return }
    change {
      $0.stepSeconds?.add(steps, seconds: elapsed)
      $0.imagesPerSecond = Double(steps * samplesPerStep) / max(elapsed, 1e-9)
    }
  }

  func happened(_ event: RunEvent) {
    guard event.kind == .lost else { return }
    change { $0.losses = ($0.losses ?? 0) + 1 }
  }

  private func change(_ change: (inout RunMetrics) -> Void) { metrics.value.withLock { change(&$0) } }
}
