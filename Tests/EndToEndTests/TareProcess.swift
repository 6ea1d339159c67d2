import Foundation
import Testing

/// A real `tare` process: its arguments, what it printed, how it ended. Killed when its deadline passes.
final class TareProcess {
  let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let collected = Collected()
  private let ended = DispatchSemaphore(value: 0)

  /// The product of the build that made this test.
  static let executable: URL = {
    let folder = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(fileURLWithPath: ".build/release")
    return folder.appendingPathComponent("tare")
  }()

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    let (collected, ended) = (collected, ended)
    output.fileHandleForReading.readabilityHandler = { collected.append($0.availableData, to: \.output) }
    errors.fileHandleForReading.readabilityHandler = { collected.append($0.availableData, to: \.errors) }
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Waits for the end, at most `deadline` seconds; a process that takes longer is killed and recorded as a failure.
  func finish(within deadline: Double = 120) -> Ending {
    if ended.wait(timeout: .now() + deadline) == .timedOut {
      Issue.record("tare \(process.arguments ?? []) took longer than \(deadline) s")
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    output.fileHandleForReading.readabilityHandler = nil
    errors.fileHandleForReading.readabilityHandler = nil
    collected.append(output.fileHandleForReading.availableData, to: \.output)
    collected.append(errors.fileHandleForReading.availableData, to: \.errors)
    return Ending(
      exitCode: process.terminationStatus, wasSignalled: process.terminationReason == .uncaughtSignal,
      output: collected.text(\.output), errors: collected.text(\.errors))
  }

  /// Waits until what was printed on stderr so far contains `text`.
  func waitForError(containing text: String, within deadline: Double = 60) -> String? {
    collected.wait(for: text, until: Date(timeIntervalSinceNow: deadline))
  }

  struct Ending {
    let exitCode: Int32
    let wasSignalled: Bool
    let output: String
    let errors: String

    /// The one JSON object on stdout.
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }
  }

  static func run(_ arguments: String..., within deadline: Double = 120) throws -> Ending {
    try TareProcess(arguments).finish(within: deadline)
  }

  /// What came out of the pipes, from their reading threads.
  private final class Collected: @unchecked Sendable {
    // Guarded by `condition`.
    var output = Data()
    var errors = Data()
    private let condition = NSCondition()

    func append(_ data: Data, to part: ReferenceWritableKeyPath<Collected, Data>) {
      condition.lock()
      self[keyPath: part].append(data)
      condition.broadcast()
      condition.unlock()
    }

    func text(_ part: KeyPath<Collected, Data>) -> String {
      condition.lock()
      defer { condition.unlock() }
      return String(decoding: self[keyPath: part], as: UTF8.self)
    }

    func wait(for text: String, until deadline: Date) -> String? {
      condition.lock()
      defer { condition.unlock() }
      while true {
        let now = String(decoding: errors, as: UTF8.self)
        if now.contains(text) { return now }
        if !condition.wait(until: deadline) { return nil }
      }
    }
  }
}

/// A folder for one test's runs, removed with it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("tare-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
