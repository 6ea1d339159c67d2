package import Coordination
import Crypto
import Foundation
import Launching
import Parameters
import Records
import Roles
import Synchronization
import Transport

/// The laboratory that trains for real, below one folder, as many runs at a time as there are cores.
///
/// Each run has a folder that is named by its whole spec, so that what was trained before, by this process or an earlier
/// one, is read and not trained again.
package final class RunLaboratory: Laboratory, Sendable {
  private let folder: String
  private let parallel: Int
  private let progress: @Sendable (_ trained: Int, _ asked: Int) -> Void
  private let state = Mutex(State())

  private struct State {
    var asked = 0
    var trained = 0
    var interruption: Int32?
    var running: [ObjectIdentifier: Mailbox<CoordinatorRole.Notice>] = [:]
  }

  /// - Parameters:
  ///   - folder: holds one folder a run.
  ///   - parallel: runs at a time.
  ///   - progress: told of every run that ends, from any thread.
  package init(
    folder: String, parallel: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: @escaping @Sendable (_ trained: Int, _ asked: Int) -> Void = { _, _ in }
  ) {
    self.folder = folder
    self.parallel = parallel
    self.progress = progress
  }

  package func train(_ specs: [RunSpec]) throws -> [Observation] {
    // A spec that is asked for twice is trained once.
    var jobs: [String: RunSpec] = [:]
    let keys = try specs.map { spec in
      let placed = try placed(spec)
      jobs[placed.key] = placed.spec
      return placed.key
    }
    state.withLock { $0.asked += jobs.count }
    let outcomes = perform(jobs)
    return try keys.map { key in
      guard let outcome = outcomes[key] else { throw interrupted }
      return try outcome.get()
    }
  }

  /// Ends the runs in hand; what was trained before stays.
  package func interrupt(_ signal: Int32) {
    state.withLock { state in
      state.interruption = signal
      for notices in state.running.values { notices.post(.signal(signal)) }
    }
  }

  /// The spec as it will run, and the name of its folder.
  private func placed(_ spec: RunSpec) throws -> (key: String, spec: RunSpec) {
    var spec = spec
    spec.execution.output = nil
    try spec.validate()
    spec = spec.resolved
    let key = SHA256.hash(data: Data(spec.json.utf8)).prefix(8).hexadecimal
    spec.execution.output = "\(folder)/\(key)"
    return (key, spec)
  }

  private func perform(_ jobs: [String: RunSpec]) -> [String: Result<Observation, any Error>] {
    let queue = Mutex(jobs.sorted { $0.key < $1.key }[...])
    let outcomes = Mutex<[String: Result<Observation, any Error>]>([:])
    let group = DispatchGroup()
    for _ in 0..<min(parallel, jobs.count) {
      let thread = Thread {
        while let (key, spec) = queue.withLock({ $0.popFirst() }), self.mayGoOn {
          let outcome = Result { try self.observe(spec) }
          outcomes.withLock { $0[key] = outcome }
          // One failure ends the experiment; the runs beside it still end in good order.
          if case .failure = outcome { queue.withLock { $0 = [] } }
        }
        group.leave()
      }
      thread.stackSize = 8 << 20
      group.enter()
      thread.start()
    }
    group.wait()
    let found = outcomes.withLock { $0 }
    // Whoever waited for its turn behind a failure fails with it.
    guard let failure = found.values.first(where: { if case .failure = $0 { true } else { false } }) else {
      return found
    }
    return jobs.mapValues { _ in failure }
  }

  private var mayGoOn: Bool { state.withLock { $0.interruption == nil } }

  private var interrupted: RunError {
    let signal = state.withLock { $0.interruption ?? 0 }
    return RunError(128 + signal, "interrupted by signal \(signal)")
  }

  private func observe(_ spec: RunSpec) throws -> Observation {
    let path = spec.execution.output ?? folder
    defer {
      let (trained, asked) = state.withLock { state in
        state.trained += 1
        return (state.trained, state.asked)
      }
      progress(trained, asked)
    }
    if let earlier = try earlier(spec, at: path) { return earlier }
    let notices = try Mailbox<CoordinatorRole.Notice>()
    let mayStart = state.withLock { state in
      state.running[ObjectIdentifier(notices)] = notices
      return state.interruption == nil
    }
    defer { state.withLock { $0.running[ObjectIdentifier(notices)] = nil } }
    guard mayStart else { throw interrupted }
    do {
      let result = try TrainingRun(spec).train(notices: notices) { _ in SilentObserver() }
      return try observation(spec, path, result)
    } catch let error as RunError where error.exitCode == ExitCode.badData {
      guard let diverged = try earlier(spec, at: path) else { throw error }
      return diverged
    }
  }

  /// What a run of the same spec left, if it came to an end; what did not is cleared away.
  private func earlier(_ spec: RunSpec, at path: String) throws -> Observation? {
    guard let data = FileManager.default.contents(atPath: path + "/run.json") else {
      try? FileManager.default.removeItem(atPath: path)
      return nil
    }
    let record = try RunRecord(decoding: Array(data))
    switch record.status {
    case .done:
      guard let result = record.result else { break }
      let bytes = try JSONEncoder().encode(result)
      return try observation(spec, path, try JSONDecoder().decode(RunResult.self, from: bytes))
    case .diverged: return try observation(spec, path, nil)
    case .running, .failed, .interrupted: break
    }
    try FileManager.default.removeItem(atPath: path)
    return nil
  }

  private func observation(_ spec: RunSpec, _ path: String, _ result: RunResult?) throws -> Observation {
    Observation(
      spec: spec, folder: path, result: result, metrics: MetricTable(try MetricsFile.rows(at: path + "/metrics.csv")))
  }
}

private final class SilentObserver: RunObserver {}
