import Foundation
import Records
import Sweeps
import Terminal

/// A sweep as its folder shows it.
struct WatchedSweep {
  let path: String
  private(set) var view: SweepView
  private let record: SweepRecord
  private var known: Set<String> = []
  /// Those that are training, by folder.
  private var running: [String: WatchedRun] = [:]
  /// Seconds that the ended runs took, those of earlier starts too.
  private var durations: [Double] = []

  /// - Returns: `nil` for a folder without a sweep.
  /// - Throws: `RecordError` for a sweep that this version cannot read.
  init?(_ path: String) throws(RecordError) {
    guard let record = try SweepRecord(inFolder: path) else { return nil }
    self.path = path
    self.record = record
    view = SweepView(title: "sweep \(record.sweep)", count: record.runs)
  }

  /// Whether no process trains the sweep.
  var isOver: Bool { view.ended >= view.count || !RunLock.isHeld(runFolder: path) }

  mutating func update() -> Bool {
    let before = view
    var led: Set<String> = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path + "/runs").sorted()) ?? [] {
      let folder = "\(path)/runs/\(name)"
      guard !known.contains(name), let run = RunRecord(inFolder: folder) else { continue }
      switch run.standing(inFolder: folder) {
      case .running: led.insert(name)
      case .stopped, .interrupted: break
      case .done: view.done += 1
      case .diverged: view.diverged += 1
      case .failed: view.failed += 1
      }
      if run.status.hasEnded { take(run, of: name) }
    }
    follow(led)
    view.running = led.count
    view.remaining = led.isEmpty ? nil : remaining
    return view != before
  }

  private mutating func take(_ run: RunRecord, of name: String) {
    known.insert(name)
    if let ended = run.ended { durations.append(ended.timeIntervalSince(run.started)) }
    let (title, error) = (record.title(ofFolder: name), run.runResult?.testError)
    view.news = "\(title): \(error.map { "test error \(Numbers.percent($0))" } ?? run.status.rawValue)"
    if let error, error < view.best?.error ?? .infinity { view.best = (error, title) }
  }

  /// Reads what is new of the runs that are training.
  private mutating func follow(_ names: Set<String>) {
    running = running.filter { names.contains($0.key) }
    for name in names {
      guard var run = running[name] ?? (try? WatchedRun("\(path)/runs/\(name)")) else { continue }
      _ = run.update()
      running[name] = run
    }
    view.current = running.sorted { $0.key < $1.key }.map { name, run in
      "\(record.title(ofFolder: name)): \(run.view.progress.text)"
    }
  }

  /// Seconds: what the runs that ended took on average, for those that are left, as many at a time as are training now.
  private var remaining: Double? {
    guard !durations.isEmpty else { return nil }
    let each = durations.reduce(0, +) / Double(durations.count)
    var left = Double(view.count - view.ended)
    for progress in running.values.map(\.view.progress) where progress.steps > 0 {
      left -= Double(progress.step) / Double(progress.steps)
    }
    return each * max(left, 0) / Double(max(running.count, 1))
  }
}
