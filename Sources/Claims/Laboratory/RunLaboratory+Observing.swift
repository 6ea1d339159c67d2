import Coordination
import Foundation
import Records
import Roles
import Synchronization
import Transport

extension RunLaboratory {
  func observe(_ spec: RunSpec) throws -> Observation {
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
      let result = try TrainingRun(spec, datasets: datasets).train(notices: notices) { _ in SilentObserver() }
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
    // One that cannot be read was cut off while it was written.
    let record = try? RunRecord(decoding: Array(data))
    switch record?.status {
    case .done:
      guard let result = record?.result else { break }
      let bytes = try JSONEncoder().encode(result)
      return try observation(spec, path, try JSONDecoder().decode(RunResult.self, from: bytes))
    case .diverged: return try observation(spec, path, nil)
    case .running, .failed, .interrupted, nil: break
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
