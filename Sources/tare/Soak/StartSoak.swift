import Coordination
import Failures
import Foundation
import Parameters
import Records
import Roles
import Specification
import Terminal
import Training
import Transport

/// Start/stop cycling: small runs, with members as processes and as threads, stopped in different phases.
struct StartSoak {
  let spec: RunSpec
  let count: Int
  let seed: Int
  let meter: ProgressMeter

  static let settings = [
    "network=mlp", "batch=4", "microbatch=2", "steps=4", "dataset.limit=8", "execution.servers=2",
    "execution.metricsEvery=1",
  ]

  /// - Parameter folder: where runs and sockets lie, and nothing else.
  func run(in folder: String) throws -> (lines: [String], isGood: Bool) {
    let random = CounterRandom(seed: UInt64(bitPattern: Int64(seed)), purpose: .faults)
    var (began, before) = (ContinuousClock.now, Leftovers(in: folder))
    var stopped = 0
    var hashes: Set<String> = []
    // Libraries and pools that the first run of each kind opens for good are not leaks.
    let warmUp = 4
    for index in -warmUp..<count {
      if index == 0 { (began, before, stopped) = (.now, Leftovers(in: folder), 0) }
      var spec = spec
      spec.execution.launcher = index.isMultiple(of: 2) ? .threads : .processes
      spec.execution.transport = .auto
      spec = spec.resolved
      let moment = StopAt.allCases[random.integer(index + warmUp, 0, below: StopAt.allCases.count)]
      if let hash = try train(spec, stoppingAt: index < 0 ? .never : moment) {
        hashes.insert(hash)
      } else {
        stopped += 1
      }
      try FileManager.default.removeItem(atPath: spec.execution.output ?? "")
      meter.advance(to: max(index + 1, 0))
    }
    meter.end()
    let seconds = began.duration(to: .now) / .seconds(1)
    let after = Leftovers(in: folder, settlingTo: before)
    let table = after.table(besides: before)
    let isGood = after.isNoMore(than: before) && hashes.count <= 1
    return (
      table + [
        "\(counted(count, "run")) in \(Numbers.duration(seconds)), \(stopped) of them stopped early; "
          + (hashes.count > 1 ? "the weights DIFFER between runs" : isGood ? "no leaks" : "LEAKED, see the table")
      ], isGood
    )
  }

  /// The weights' hash, or `nil` for a run that was stopped.
  private func train(_ spec: RunSpec, stoppingAt moment: StopAt) throws -> String? {
    let notices = try Mailbox<CoordinatorRole.Notice>()
    let stopper = Stopper(moment) { notices.post(.signal(SIGTERM)) }
    do {
      return try TrainingRun(spec).train(notices: notices) { _ in stopper }.weightsSHA256
    } catch let error as RunError {
      guard error.exitCode == ExitCode.stopped(by: SIGTERM) else { throw error }
      // A run that never began leaves no folder; the others' is removed like that of a run that ended well.
      try FileManager.default.createDirectory(
        atPath: spec.execution.output ?? "", withIntermediateDirectories: true)
      return nil
    }
  }
}

/// When a run is asked to stop.
private enum StopAt: CaseIterable { case never, opened, joined, started, logged, evaluated }

private final class Stopper: RunObserver {
  private let moment: StopAt
  private let stop: () -> Void

  init(_ moment: StopAt, stop: @escaping () -> Void) { (self.moment, self.stop) = (moment, stop) }

  private func reached(_ here: StopAt) { if moment == here { stop() } }

  func opened() { reached(.opened) }
  func joined(_ member: Member) { reached(.joined) }
  func started(after version: Int) { reached(.started) }
  func logged(version: Int, loss: Double?) { reached(.logged) }
  func evaluated(version: Int, _ tally: Tally) { reached(.evaluated) }
}
