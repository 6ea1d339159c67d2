import Failures
import Foundation
import OpenSSL
import Parameters
import Records
package import Specification
import Synchronization
import Training

/// Trains on the real system, in one folder, with one run per core at a time.
///
/// A run's folder is named by its whole spec and this build of the program, so that a run
/// that this or an earlier process has trained is read instead of being repeated.
package final class RunLaboratory: Laboratory, Sendable {
  let folder: String
  private let lock: Int32
  let progress: @Sendable (_ trained: Int, _ asked: Int) -> Void
  let pool: RunPool
  let state = Mutex(State())

  struct State {
    var asked = 0
    var trained = 0
  }

  /// - Parameters:
  ///   - folder: gets one folder per run, and a lock, because two laboratories would delete each other's runs.
  ///   - parallel: runs at a time.
  ///   - progress: called when a run ends, from any thread, with how many of the runs that were last asked for have.
  package init(
    folder: String, parallel: Int = Processors.available,
    progress: @escaping @Sendable (_ trained: Int, _ asked: Int) -> Void = { _, _ in }
  ) throws {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw RunError(ExitCode.ioError, "cannot create folder \(folder): \(error.localizedDescription)")
    }
    lock = unsafe open(folder + "/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      throw RunError(ExitCode.unavailable, "folder \(folder) is in use by another tare claims")
    }
    self.folder = folder + "/runs"
    pool = RunPool(parallel: parallel)
    self.progress = progress
  }

  deinit { close(lock) }

  package func train(_ specs: [RunSpec]) throws -> [Observation] {
    // A spec that is asked for twice is trained once.
    var jobs: [String: RunSpec] = [:]
    let keys = try specs.map { spec in
      let placed = try placed(spec)
      jobs[placed.key] = placed.spec
      return placed.key
    }
    state.withLock { $0 = State(asked: jobs.count) }
    let outcomes = perform(jobs)
    return try keys.map { key in
      guard let outcome = outcomes[key] else {
        throw pool.interruption ?? RunError(ExitCode.software, "a run was skipped")
      }
      return try outcome.get()
    }
  }

  /// Ends the running runs; finished ones are kept.
  package func interrupt(_ signal: Int32) { pool.interrupt(signal) }

  /// SHA-256 of this program: runs of another build are not evidence for this one.
  private static let build: String = {
    let program = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped)
    return SHA256.hash(program ?? Data()).hexadecimal
  }()

  /// The spec as it will run, and the name of its folder.
  private func placed(_ spec: RunSpec) throws -> (key: String, spec: RunSpec) {
    var spec = spec
    spec.execution.output = nil
    try spec.validate()
    spec = spec.resolved
    let key = SHA256.hash((spec.json + Self.build).utf8).prefix(8).hexadecimal
    spec.execution.output = "\(folder)/\(key)"
    return (key, spec)
  }

  private func perform(_ jobs: [String: RunSpec]) -> [String: Result<Observation, any Error>] {
    let queue = jobs.sorted { $0.key < $1.key }
    let outcomes = Mutex<[String: Result<Observation, any Error>]>([:])
    pool.forEach(queue.count) { [self] index in
      guard pool.interruption == nil else { return false }
      let (key, spec) = queue[index]
      let outcome = Result { try observe(spec) }
      outcomes.withLock { $0[key] = outcome }
      // One failure ends the experiment; runs in progress are completed.
      if case .failure = outcome { return false }
      return true
    }
    let found = outcomes.withLock { $0 }
    // Runs queued behind a failure fail with it.
    guard let failure = found.values.first(where: { if case .failure = $0 { true } else { false } }) else {
      return found
    }
    return jobs.mapValues { _ in failure }
  }
}
