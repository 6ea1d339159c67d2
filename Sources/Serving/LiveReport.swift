import Foundation
import OpenSSL
import Parameters
import Records
import Reports
import Synchronization

/// A report of runs that may still train: read anew when somebody asks and the files have changed since.
package final class LiveReport: Sendable {
  /// What the files said at one moment.
  struct State: Sendable {
    let data: ReportData
    /// From `CurvesText`, for the same runs.
    let curves: String
    /// `{"data": …, "curves": …}`, as the page's script takes it.
    let json: Data
    /// SHA-256 of `json`: equal for equal states, in another process too.
    let version: String
    /// Folders of the runs that somebody led.
    let led: [String]

    init(folders: [String], reader: ReportReader) throws {
      let source = try ReportSource(folders: folders, reader: reader)
      data = ReportData(title: source.title, runs: source.runs, claims: source.claims)
      curves = CurvesText.json(ofRunsIn: source.runs.map(\.folder), reader: reader)
      json = Data("{\"data\":\(try data.json()),\"curves\":\(curves)}\n".utf8)
      version = SHA256.hash(json).hexadecimal
      led = source.runs.filter { $0.status == "running" }.map(\.folder)
    }
  }

  private struct Kept {
    var state: State
    var stamps: FileStamps
    /// When to look at the files again.
    var next: ContinuousClock.Instant
  }

  private let folders: [String]
  private let reader = ReportReader()
  private let interval: Duration
  private let kept: Mutex<Kept>
  /// Reading blocks, and one reading at a time is enough.
  private let queue = DispatchQueue(label: "report")

  /// - Parameters:
  ///   - folders: of runs, sweeps and claims.
  ///   - interval: between two looks at the files, at least.
  /// - Throws: `UsageError` for a folder without runs.
  package init(folders: [String], interval: Duration = .seconds(1)) throws {
    self.folders = folders
    self.interval = interval
    let stamps = FileStamps(ofReportOn: folders)
    kept = Mutex(Kept(state: try State(folders: folders, reader: reader), stamps: stamps, next: .now + interval))
  }

  /// The newest state; the one before where the files can't be read just now.
  func state() async -> State {
    await withCheckedContinuation { waiting in
      queue.async { [self] in waiting.resume(returning: kept.withLock { look(&$0) }) }
    }
  }

  private func look(_ kept: inout Kept) -> State {
    let began = ContinuousClock.now
    guard began >= kept.next else { return kept.state }
    // Taken before the files are read: what changes meanwhile is seen the next time.
    let stamps = FileStamps(ofReportOn: folders)
    // A run that was killed leaves its files as they are.
    let isAbandoned = kept.state.led.contains { !RunLock.isHeld(runFolder: $0) }
    if isAbandoned || stamps != kept.stamps, let state = try? State(folders: folders, reader: reader) {
      (kept.state, kept.stamps) = (state, stamps)
    }
    // Large sweeps take long to read. Whoever looks on must not cost the training more than a tenth of the machine.
    let end = ContinuousClock.now
    kept.next = max(began + interval, end + (end - began) * 9)
    return kept.state
  }
}
