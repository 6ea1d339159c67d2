import Failures
import Records
import Roles
import Training

/// The file of `tare train --trace`.
struct TraceRecording {
  private let path: String

  /// - Throws: if the file cannot be written, before anything is trained.
  init(_ path: String) throws {
    self.path = path
    try write(TraceEvents.file(of: [String]()))
  }

  /// - Parameter run: has ended.
  func finish(_ run: TrainingRun) throws {
    if let trace = run.trace { try write(trace.text) }
  }

  private func write(_ text: String) throws {
    do { try AtomicFile.replace(path, with: Array(text.utf8)) } catch {
      throw RunError(ExitCode.ioError, "can't write --trace \(path): \(error)")
    }
  }
}
