import Foundation
import Records
import Sweeps
import Terminal

/// A sweep as its folder shows it.
struct WatchedSweep {
  let path: String
  private(set) var view: SweepView
  private var known: Set<String> = []
  private let began = ContinuousClock.now
  private var endedBefore: Int?

  /// - Returns: `nil` for a folder without a sweep.
  /// - Throws: `RecordError` for a sweep that this version cannot read.
  init?(_ path: String) throws(RecordError) {
    guard let record = try SweepRecord(inFolder: path) else { return nil }
    self.path = path
    view = SweepView(title: "sweep \(record.sweep)", count: record.runs)
  }

  /// Whether no process trains the sweep.
  var isOver: Bool { view.ended >= view.count || !RunLock.isHeld(runFolder: path) }

  mutating func update() -> Bool {
    let before = view
    view.running = 0
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path + "/runs").sorted()) ?? [] {
      guard !known.contains(name), let record = RunRecord(inFolder: "\(path)/runs/\(name)") else { continue }
      switch record.standing(inFolder: "\(path)/runs/\(name)") {
      case .running: view.running += 1
      case .stopped, .interrupted: break
      case .done: view.done += 1
      case .diverged: view.diverged += 1
      case .failed: view.failed += 1
      }
      guard record.status.hasEnded else { continue }
      known.insert(name)
      let error = record.runResult?.testError
      view.news = "\(name): \(error.map { "test error \(Numbers.percent($0))" } ?? record.status.rawValue)"
      if let error, error < view.best?.error ?? .infinity { view.best = (error, name) }
    }
    let ended = endedBefore ?? view.ended
    endedBefore = ended
    if view.ended > ended {
      let seconds = began.duration(to: .now) / .seconds(1)
      view.remaining = seconds / Double(view.ended - ended) * Double(view.count - view.ended)
    }
    return view != before
  }
}
