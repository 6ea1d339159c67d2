package import Coordination
import Failures
import Foundation
import Launching
import Parameters
import Records
import Roles
import Specification
import Terminal
import Training
import Transport

/// One long fault-free run on an overloaded machine.
package struct LongSoak {
  let spec: RunSpec
  let seconds: Double
  let notices: Mailbox<CoordinatorRole.Notice>
  let meter: ProgressMeter

  static var settings: [String] {
    [
      "network=mlp", "batch=128", "microbatch=16", "dataset.limit=2000", "steps=1000000000", "execution.servers=2",
      "execution.workers=\(2 * Processors.available)", "execution.checkpointEvery=500",
      "execution.evaluateEvery=500", "execution.metricsEvery=500",
    ]
  }

  func run() throws -> (lines: [String], isGood: Bool) {
    let witness = Witness(until: .now + .seconds(seconds), meter) { [notices] in notices.post(.signal(SIGTERM)) }
    do { _ = try TrainingRun(spec).train(notices: notices) { _ in witness } } catch let error as RunError {
      // The witness ended the run.
      guard witness.isOver, error.exitCode == ExitCode.stopped(by: SIGTERM) else { throw error }
    }
    meter.end()
    let workers = "\(counted(spec.execution.workers, "worker")), \(counted(spec.execution.servers, "server"))"
    let processors = counted(Processors.available, "processor")
    let load = String(format: "load %.1f on average, %.1f at most", witness.meanLoad, witness.peakLoad)
    let summary =
      "\(Numbers.duration(witness.lasted)), \(workers) on \(processors), \(load): \(counted(witness.version, "step")), "
      + Self.finding(in: witness.events)
    return (witness.events.map { "step \($0.step): \($0.what)" } + [summary], Self.isGood(witness.events))
  }

  /// Without faults, whoever is lost was taken for failed. A slow disk is not a failure, nor is one that was full.
  package static func isGood(_ events: [RunEvent]) -> Bool { !events.contains(where: isDetection) }

  private static func isDetection(_ event: RunEvent) -> Bool { event.kind == .lost || event.kind == .missed }

  package static func finding(in events: [RunEvent]) -> String {
    let losses = events.count(where: isDetection)
    let others = events.count { ![.lost, .missed, .returned, .joined, .continued].contains($0.kind) }
    return (losses == 0 ? "no failure detected" : counted(losses, "false failure detection"))
      + (others == 0 ? "" : ", \(counted(others, "other event"))")
  }
}

/// Records the events of a run, and stops it after the given time.
private final class Witness: RunObserver {
  private(set) var events: [RunEvent] = []
  private(set) var version = 0
  private(set) var isOver = false
  private(set) var peakLoad = 0.0
  private var loads = (sum: 0.0, count: 0)
  private var began: ContinuousClock.Instant?
  private let end: ContinuousClock.Instant
  private let meter: ProgressMeter
  private let stop: () -> Void

  init(until end: ContinuousClock.Instant, _ meter: ProgressMeter, stop: @escaping () -> Void) {
    (self.end, self.meter, self.stop) = (end, meter, stop)
  }

  var lasted: Double { began.map { $0.duration(to: .now) / .seconds(1) } ?? 0 }
  var meanLoad: Double { loads.sum / Double(max(loads.count, 1)) }

  func started(after version: Int) { began = .now }
  func happened(_ event: RunEvent) {
    events.append(event)
    StandardError.print("\(Numbers.duration(lasted)): \(event.what)")
  }
  func logged(version: Int, loss: Double?) {
    self.version = version
    meter.advance(to: lasted)
    if let text = FileManager.default.contents(atPath: "/proc/loadavg"),
      let load = Double(String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    {
      loads = (loads.sum + load, loads.count + 1)
      peakLoad = max(peakLoad, load)
    }
    guard !isOver, .now >= end else { return }
    isOver = true
    stop()
  }
}
