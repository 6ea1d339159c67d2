import Failures
import Foundation
import Launching
import Records
import Synchronization

/// A `tare train` in a process of its own.
final class TrainProcess: Sendable {
  /// How it ended.
  struct Exit {
    let exitCode: Int32
    /// `nil` unless the run is done.
    let result: RunResult?
    /// The last line of its log.
    let errors: String
  }

  let id: pid_t
  private let child: Child
  private let folder: String
  private let ending = Mutex<Child.ExitStatus?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// Those that have not been waited for, for signal handlers.
  private static let running = Mutex<[TrainProcess]>([])

  /// Ends all of them; their members end with them.
  static func endAll() { running.withLock { $0.forEach { $0.end() } } }

  /// - Parameter folder: of the run.
  init(_ arguments: [String], folder: String) throws {
    self.folder = folder
    let log = unsafe open(folder + ".log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard log >= 0 else { throw RecordError(.system(errno), "Cannot write \(folder).log.") }
    defer { close(log) }
    child = try Child(
      "the run", executable: "/proc/self/exe", arguments: arguments, environment: EnvironmentLayer.nothing, log: log)
    id = child.processID
    Self.running.withLock { $0.append(self) }
    child.watch { [self] how in
      ending.withLock { $0 = how }
      ended.signal()
    }
  }

  /// `false` if it is still there after `seconds`.
  func waitForEnd(seconds: Double) -> Bool {
    guard ended.wait(timeout: .now() + seconds) == .success else { return false }
    ended.signal()  // for later waits
    return true
  }

  func wait() -> Exit {
    defer { Self.running.withLock { $0.removeAll { $0 === self } } }
    // A run that hangs is a finding, not an error.
    if !waitForEnd(seconds: 600) { end() }
    _ = waitForEnd(seconds: 10)
    ProcessExit.waitIfBegun()
    child.release()
    let exitCode: Int32 =
      switch ending.withLock({ $0 }) {
      case .exited(let code): code
      case .signaled(let number): ExitCode.stopped(by: number)
      case nil: 70
      }
    let record = RunRecord(inFolder: folder)
    let log = FileManager.default.contents(atPath: folder + ".log").map { String(decoding: $0, as: UTF8.self) } ?? ""
    return Exit(
      exitCode: exitCode,
      result: exitCode == 0 && record?.status == .done ? record?.runResult : nil,
      errors: log.split(separator: "\n").last.map(String.init) ?? "")
  }

  /// To a process of this run; members end with their coordinator.
  func signal(_ number: Int32, _ victim: pid_t?) {
    guard let victim, ending.withLock({ $0 == nil }) else { return }
    kill(victim, number)
  }

  func end() { child.kill() }
}
