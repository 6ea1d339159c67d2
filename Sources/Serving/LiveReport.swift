import Foundation
import MicroHTTPD
import OpenSSL
import Parameters
import Records
import Reports
import Synchronization

/// A report of runs that may still be training: read again on request when its files have changed.
package final class LiveReport: Sendable {
  /// The content of the files at one moment.
  struct State: Sendable {
    let data: ReportData
    /// From `CurvesText`, for the same runs.
    let curves: String
    /// How far the runs are that are training, as sentences; empty if none is.
    let progress: String
    /// `{"data": …, "curves": …, "progress": …}`, as the page's script reads it.
    let json: Body
    /// SHA-256 of `json`: equal for equal states, in another process too.
    let version: String
    /// Folders of the runs that a process was leading.
    let led: [String]
    /// Folders of all runs.
    let runs: [String]

    init(folders: [String], reader: ReportReader, progress: () -> [String]) throws {
      let source = try ReportSource(folders: folders, reader: reader)
      data = ReportData(title: source.title, runs: source.runs, claims: source.claims, reader: reader)
      curves = CurvesText.json(ofRunsIn: source.runs.map(\.folder), reader: reader)
      self.progress = progress().joined(separator: "\n")
      let words = String(decoding: try JSONEncoder().encode(self.progress), as: UTF8.self)
      let text = "{\"data\":\(try data.json()),\"curves\":\(curves),\"progress\":\(words)}\n"
      json = Body(text.utf8)
      version = SHA256.hash(text.utf8).hexadecimal
      runs = source.runs.map(\.folder)
      led = source.runs.filter { $0.status == .running }.map(\.folder)
    }
  }

  private struct Kept {
    var state: State
    /// The page of that state, once somebody has asked for it.
    var page: Body?
    var stamps: FileStamps
    /// When to check the files again.
    var next: ContinuousClock.Instant
  }

  private let folders: [String]
  private let reader = ReportReader()
  private let interval: Duration
  private let progress: @Sendable () -> [String]
  private let kept: Mutex<Kept>
  private let metrics = ServedMetrics()

  /// - Parameters:
  ///   - folders: of runs, sweeps and claims.
  ///   - interval: the least time between two checks of the files.
  ///   - progress: how far the runs are that are training, as sentences.
  /// - Throws: `UsageError` for a folder without runs.
  package init(
    folders: [String], interval: Duration = .seconds(1), progress: @escaping @Sendable () -> [String] = { [] }
  ) throws {
    self.folders = folders
    self.interval = interval
    self.progress = progress
    let stamps = FileStamps(ofReportOn: folders)
    kept = Mutex(
      Kept(
        state: try State(folders: folders, reader: reader, progress: progress), stamps: stamps, next: .now + interval))
  }

  /// The newest state; the previous one while the files cannot be read. Whoever else asks meanwhile waits for the same.
  func state() -> State { kept.withLock { look(&$0) } }

  /// The metrics of the runs, for Prometheus.
  func exposition() -> String { metrics.text(of: state().runs) }

  /// The page of the newest state. All that ask for it share its bytes.
  func page() throws -> Body {
    try kept.withLock { kept in
      let state = look(&kept)
      if let page = kept.page { return page }
      let page = Body(
        try ReportPage(state.data, curves: state.curves).html(version: state.version, progress: state.progress).utf8)
      kept.page = page
      return page
    }
  }

  private func look(_ kept: inout Kept) -> State {
    let began = ContinuousClock.now
    guard began >= kept.next else { return kept.state }
    // Taken before reading, so that a change during reading is seen the next time.
    let stamps = FileStamps(ofReportOn: folders)
    // Killing a run changes none of its files.
    let isAbandoned = kept.state.led.contains { !RunLock.isHeld(runFolder: $0) }
    if isAbandoned || stamps != kept.stamps,
      let state = try? State(folders: folders, reader: reader, progress: progress)
    {
      (kept.state, kept.stamps, kept.page) = (state, stamps, nil)
    }
    // Large sweeps take long to read; reading may take at most a tenth of the time.
    let end = ContinuousClock.now
    kept.next = max(began + interval, end + (end - began) * 9)
    return kept.state
  }
}
