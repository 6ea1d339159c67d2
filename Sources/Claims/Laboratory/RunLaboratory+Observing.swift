import Failures
import Foundation
import Records
import Specification
import Synchronization
import Training

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
    do {
      return try observation(spec, path, pool.train(spec))
    } catch let error as RunError where error.exitCode == ExitCode.badData {
      guard let diverged = try earlier(spec, at: path) else { throw error }
      return diverged
    }
  }

  /// The observation of an earlier run of the same spec, if it is done or diverged; an incomplete run is deleted.
  ///
  /// - Throws: `IdentityError` if it was trained on other data.
  private func earlier(_ spec: RunSpec, at path: String) throws -> Observation? {
    guard FileManager.default.fileExists(atPath: path + "/run.json") else {
      try? FileManager.default.removeItem(atPath: path)
      return nil
    }
    if let record = RunRecord(inFolder: path), [.done, .diverged].contains(record.status),
      (record.status == .done) == (record.result != nil)
    {
      try pool.inputs.checkData(of: spec, against: record, in: path, allowance: "another output folder")
      return try observation(spec, path, record.result.map { try $0.decoded() })
    }
    try FileManager.default.removeItem(atPath: path)
    return nil
  }

  private func observation(_ spec: RunSpec, _ path: String, _ result: RunResult?) throws -> Observation {
    Observation(
      spec: spec, folder: path, result: result, metrics: MetricTable(try MetricsFile.rows(at: path + "/metrics.csv")))
  }
}
