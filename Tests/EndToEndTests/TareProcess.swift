import Foundation
import TestSupport
import Testing

/// A real `tare` process: its arguments, what it printed, how it ended, and whom it left behind.
///
/// It gets a folder of its own for sockets and an environment variable of its own, which its children inherit: by
/// these, and not by name, one knows what belongs to it. Killed, with its children, when its owner lets go.
final class TareProcess {
  private let arguments: [String]
  private let process: SpawnedProcess
  private let mark = "TARE_TEST=\(UUID().uuidString)"
  private let scratch: TemporaryFolder
  private let collected = Collected()

  /// The product of the build that made this test.
  static let executable: URL = {
    let folder = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(fileURLWithPath: ".build/release")
    return folder.appendingPathComponent("tare")
  }()

  convenience init(_ arguments: [String]) throws { try self.init(arguments, variables: [:]) }

  /// - Parameter descriptors: how many it and its children may have open each; `nil` leaves the limit as it is.
  convenience init(_ arguments: [String], descriptors: Int?) throws {
    try self.init(arguments, through: descriptors.map { "ulimit -n \($0) && exec \"$0\" \"$@\"" })
  }

  /// - Parameters:
  ///   - script: for a shell, with the program as `"$0" "$@"`: limits and redirections.
  ///   - variables: beside those of this process.
  init(_ arguments: [String], through script: String? = nil, variables: [String: String] = [:]) throws {
    self.arguments = arguments
    scratch = try TemporaryFolder()
    let parts = mark.split(separator: "=").map(String.init)
    let environment = ProcessInfo.processInfo.environment.merging(
      [parts[0]: parts[1], "TMPDIR": scratch.path], uniquingKeysWith: { $1 }
    ).merging(variables, uniquingKeysWith: { $1 })
    let (output, errors) = (Pipe(), Pipe())
    let command = [Self.executable.path] + arguments
    let words = script.map { ["/bin/sh", "-c", $0] + command } ?? command
    process = try SpawnedProcess(
      words[0], Array(words.dropFirst()), environment: environment,
      output: output.fileHandleForWriting.fileDescriptor, errors: errors.fileHandleForWriting.fileDescriptor)
    let collected = collected
    for (pipe, part) in [(output, \Collected.output), (errors, \Collected.errors)] {
      try pipe.fileHandleForWriting.close()
      let (handle, part) = (pipe.fileHandleForReading, Part(path: part))
      Thread.detachNewThread {
        while case let data = handle.availableData, !data.isEmpty { collected.append(data, to: part.path) }
        collected.close()
      }
    }
  }

  deinit {
    signal(SIGKILL)
    for child in children { kill(child.id, SIGKILL) }
  }

  var id: pid_t { process.id }

  var isRunning: Bool { process.isRunning }

  /// To this process alone, and only while it is there.
  func signal(_ number: Int32) { process.signal(number) }

  /// Lets it run for a tenth of the time only, until it ends.
  func slowDown() {
    Thread.detachNewThread { [process] in
      while process.isRunning {
        process.signal(SIGSTOP)
        Thread.sleep(forTimeInterval: 0.09)
        process.signal(SIGCONT)
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  /// Waits for the end, at most `deadline` seconds; who takes longer is killed, which counts as a failure.
  func finish(within deadline: Double = Deadline.process) -> Ending {
    if !process.waitForEnd(within: deadline) {
      Issue.record("tare \(arguments) took longer than \(deadline) s: \(collected.text(\.errors))")
      signal(SIGKILL)
      for child in children { kill(child.id, SIGKILL) }
      _ = process.waitForEnd(within: Deadline.event)
    }
    if !collected.waitForEnd(until: Date(timeIntervalSinceNow: Deadline.event)) {
      Issue.record("somebody holds the output of tare \(arguments) open: \(children.map(\.name))")
    }
    return Ending(
      exitCode: process.exitCode ?? -SIGKILL, output: collected.text(\.output), errors: collected.text(\.errors))
  }

  /// Waits until stderr so far contains `text`; what it said then, or `nil` if it ended or the deadline passed before.
  func waitForError(containing text: String, within deadline: Double = Deadline.process) -> String? {
    collected.wait(for: text, in: \.errors, until: Date(timeIntervalSinceNow: deadline))
  }

  /// Waits until stderr so far is as wanted; what it said then, or `nil` if it ended or the deadline passed before.
  func waitForErrors(within deadline: Double = Deadline.process, _ isWanted: (String) -> Bool) -> String? {
    collected.wait(in: \.errors, until: Date(timeIntervalSinceNow: deadline), isWanted)
  }

  /// The same of stdout.
  func waitForOutput(containing text: String, within deadline: Double = Deadline.process) -> String? {
    collected.wait(for: text, in: \.output, until: Date(timeIntervalSinceNow: deadline))
  }

  /// The living processes that this one has started, itself excluded, whoever is their parent now.
  var children: [RunningProcess] { RunningProcess.all(withEnvironment: mark).filter { $0.id != id } }

  /// Waits until it has started a process; that one, or `nil` if it ended or the deadline passed before.
  func waitForChild(within deadline: Double = Deadline.event) -> RunningProcess? {
    let last = ContinuousClock.now + .seconds(deadline)
    while isRunning, ContinuousClock.now < last {
      if let child = children.first { return child }
      sched_yield()
    }
    return nil
  }

  /// What lies in its folder for sockets.
  var scratchContent: [String] { (try? scratch.names) ?? [] }

  /// Nobody and nothing is left of it but what was asked for.
  func expectNothingLeft(_ location: SourceLocation = #_sourceLocation) {
    #expect(children.isEmpty, "processes are left", sourceLocation: location)
    #expect(scratchContent.isEmpty, "socket files are left", sourceLocation: location)
  }

  /// How a process ended.
  struct Ending {
    /// What it exited with; minus the signal that killed it.
    let exitCode: Int32
    let output: String
    let errors: String

    /// The one JSON object that stdout has to be.
    var json: [String: Any] {
      get throws {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(value as? [String: Any], "stdout is no JSON object: \(output)")
      }
    }

    var weightsSHA256: String {
      get throws { try #require(json["weightsSHA256"] as? String) }
    }
  }

  /// Runs to the end and sees that nothing is left.
  static func run(
    _ arguments: [String], through script: String? = nil, within deadline: Double = Deadline.process,
    _ location: SourceLocation = #_sourceLocation
  ) throws -> Ending {
    let process = try TareProcess(arguments, through: script)
    let ending = process.finish(within: deadline)
    process.expectNothingLeft(location)
    return ending
  }

  private struct Part: @unchecked Sendable {
    // A key path without captures.
    let path: ReferenceWritableKeyPath<Collected, Data>
  }
}

/// What came out of the pipes, from their reading threads.
private final class Collected: @unchecked Sendable {
  // Guarded by `condition`.
  var output = Data()
  var errors = Data()
  private var openPipes = 2
  private let condition = NSCondition()

  func append(_ data: Data, to part: ReferenceWritableKeyPath<Collected, Data>) {
    condition.withLock { self[keyPath: part].append(data) }
    condition.broadcast()
  }

  func close() {
    condition.withLock { openPipes -= 1 }
    condition.broadcast()
  }

  func text(_ part: KeyPath<Collected, Data>) -> String {
    condition.withLock { String(decoding: self[keyPath: part], as: UTF8.self) }
  }

  /// Waits until all pipes have ended; `false` if some have not by then.
  func waitForEnd(until deadline: Date) -> Bool {
    condition.withLock {
      while openPipes > 0 {
        guard condition.wait(until: deadline) else { return false }
      }
      return true
    }
  }

  func wait(for text: String, in part: KeyPath<Collected, Data>, until deadline: Date) -> String? {
    wait(in: part, until: deadline) { $0.contains(text) }
  }

  func wait(in part: KeyPath<Collected, Data>, until deadline: Date, _ isWanted: (String) -> Bool) -> String? {
    condition.withLock {
      while true {
        let now = String(decoding: self[keyPath: part], as: UTF8.self)
        if isWanted(now) { return now }
        guard openPipes > 0, condition.wait(until: deadline) else { return nil }
      }
    }
  }
}
