import Benchmarks
import Records

/// The object that `tare bench --json` prints; parts that were not asked for are left out.
struct BenchResult: Codable {
  let tare: String
  let host: HostFacts
  let oneDNN: String
  let oneDNNInstructionSet: String
  /// Length of one measurement.
  let seconds: Double
  var step: [StepBenchmark.Outcome]?
  var system: [SystemBenchmark.Outcome]?
  var memory: [MemoryBenchmark.Outcome]?
  var update: [UpdateBenchmark.Outcome]?
  var checkpoint: CheckpointBenchmark.Outcome?
  var recovery: RecoveryBenchmark.Outcome?
  var report: ReportBenchmark.Outcome?
  var launch: LaunchBenchmark.Outcome?

  init(tare: String, host: HostFacts, oneDNN: String, oneDNNInstructionSet: String, seconds: Double) {
    self.tare = tare
    self.host = host
    self.oneDNN = oneDNN
    self.oneDNNInstructionSet = oneDNNInstructionSet
    self.seconds = seconds
  }
}
