import Benchmarks
import Failures
import Foundation
import Records

/// The object that `tare bench --json` prints; parts that were not asked for are left out.
package struct BenchResult: Codable, Sendable {
  let tare: String
  let host: HostFacts
  let oneDNN: String
  let oneDNNInstructionSet: String
  /// Length of one measurement.
  let seconds: Double
  var step: [StepBenchmark.Findings]?
  var system: [SystemBenchmark.Findings]?
  var memory: [MemoryBenchmark.Findings]?
  var update: [UpdateBenchmark.Findings]?
  var messages: [MessageBenchmark.Findings]?
  var goodput: [GoodputBenchmark.Findings]?
  var roundTrips: [RoundTripBenchmark.Findings]?
  var checkpoint: CheckpointBenchmark.Findings?
  var recovery: RecoveryBenchmark.Findings?
  var report: ReportBenchmark.Findings?
  var launch: LaunchBenchmark.Findings?
  var straggler: [StragglerBenchmark.Findings]?
  var breakdown: [BreakdownBenchmark.Findings]?
  var small: SmallBenchmark.Findings?
  var scale: ScaleBenchmark.Findings?

  init(tare: String, host: HostFacts, oneDNN: String, oneDNNInstructionSet: String, seconds: Double) {
    self.tare = tare
    self.host = host
    self.oneDNN = oneDNN
    self.oneDNNInstructionSet = oneDNNInstructionSet
    self.seconds = seconds
  }
}

extension BenchResult {
  /// What `tare bench --json` printed.
  ///
  /// - Parameter option: that names the file.
  init(file path: String, of option: String) throws(UsageError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw UsageError(
        field: option, "--\(option) is \(path), which can't be read; accepted: a file of 'tare bench --json'.",
        exitCode: ExitCode.ioError)
    }
    guard let result = try? JSONDecoder().decode(BenchResult.self, from: data) else {
      throw UsageError(
        field: option,
        "--\(option) is \(path), which is no result of a benchmark; accepted: a file of 'tare bench --json'.",
        exitCode: ExitCode.badData)
    }
    self = result
  }
}
