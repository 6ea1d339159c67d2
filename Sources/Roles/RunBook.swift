import Coordination
import NeuralNetwork
import Datasets
import EffectiveLearningRate
import Foundation
import Messages
import Optimization
import ParameterServer
import Parameters
package import Records
import Transport

/// What a run leaves behind: metrics, weights before and after, the result.
package final class RunBook {
  private let definition: RunDefinition
  private let folder: RunFolder
  private var metrics: MetricsFile
  private var collector: MetricsCollector
  private var snapshot: Snapshot?
  private var began = 0.0
  private var seconds = 0.0
  private var lastWindow: MetricsCollector.Window?
  private var evaluations: [Tally] = []
  private var samplesUsed = 0
  private var rates = RateRecord()

  package init(_ definition: RunDefinition, in folder: RunFolder) throws {
    self.definition = definition
    self.folder = folder
    metrics = try MetricsFile(folder.metrics)
    collector = try MetricsCollector(definition)
  }

  /// Whether training has begun; before, a failed run leaves nothing.
  package private(set) var hasBegun = false

  /// The bytes of all tensors at one version, as the servers hand them over.
  private struct Snapshot {
    let version: Int
    var bytes: [UInt8]
  }

  func take(_ payload: Payload, of server: Int, version: Int) throws {
    let size = definition.spec.precision.elementType.byteCount
    let range = definition.shards.shards[server]
    guard payload.header.offset == range.lowerBound, payload.header.count == range.count,
      payload.header.elementType.byteCount == size
    else { throw RunError(ExitCode.software, "server \(server) handed over a tensor of another place or type") }
    if snapshot?.version != version {
      let count = definition.architecture.layout.count * size
      snapshot = Snapshot(version: version, bytes: [UInt8](repeating: 0, count: count))
    }
    snapshot?.bytes.replaceSubrange(range.lowerBound * size..<range.upperBound * size, with: payload.bytes)
  }

  func take(_ report: StepReport, _ payload: Payload?, from server: Int) throws -> MetricsCollector.Window? {
    let windows = try payload.map { try $0.buffer(of: Double.self).values } ?? []
    let tally = Tally(lossSum: report.lossSum, correct: report.correct, samples: report.samples)
    guard
      let window = collector.insert(
        WindowReport(
          version: report.step, tally: tally, steps: report.steps, windows: windows,
          nonFinite: nil), from: server)
    else { return nil }
    lastWindow = window
    samplesUsed += window.samples
    rates.append(window.rates)
    metrics.append(window.rows)
    try metrics.flush()
    return window
  }

  /// Everybody is there, and the servers have handed over the weights before the first step.
  func begin() throws {
    hasBegun = true
    began = Clock.now
    _ = try store(at: folder.initialWeights)
  }

  func evaluated(version: Int, _ tally: Tally) throws {
    seconds = Clock.now - began
    evaluations.append(tally)
    metrics.append(
      Metrics.rows(ofEvaluation: tally, metrics: collector.metrics).map { $0.record(step: version, layer: "") })
    try metrics.flush()
  }

  /// Stores the last weights and sums the run up.
  func close() throws -> RunResult {
    let hash = try store(at: folder.finalWeights)
    if definition.spec.execution.recordRates { try writeRates() }
    let execution = definition.spec.execution
    return RunResult(
      run: folder.path, steps: definition.steps,
      epochs: Double(samplesUsed) / Double(definition.images.trainCount), trainLoss: lastWindow?.loss,
      testLoss: evaluations.last?.loss, testError: evaluations.last?.error,
      bestTestError: evaluations.compactMap(\.error).min(), weightsSHA256: hash, samplesUsed: samplesUsed,
      imagesPerSecond: Double(samplesUsed) / max(seconds, 1e-9), seconds: seconds, workers: execution.workers,
      servers: execution.servers, threads: execution.threads,
      effectiveLearningRateDefinition: collector.effectiveLearningRateDefinition, layers: lastWindow?.layers ?? [])
  }

  private func writeRates() throws {
    let exponent = try definition.spec.rule.make().homogeneity.exponent
    try rates.write(to: folder.rates, exponent: exponent)
  }

  /// Writes the collected tensors; the hash comes back.
  private func store(at path: String) throws -> String {
    guard let snapshot else { throw RunError(ExitCode.software, "no server has handed over its weights") }
    let layout = definition.architecture.layout
    let element = definition.spec.precision.elementType
    let metadata = [
      "format": "pt", "step": "\(snapshot.version)", "specHash": definition.spec.specHash,
    ]
    return try unsafe snapshot.bytes.withUnsafeBytes { bytes in
      let tensors = layout.parameters.enumerated().map { index, parameter in
        let range = layout.range(of: index)
        return unsafe NamedTensor(
          parameter.name, element, parameter.shape.extents,
          bytes: UnsafeRawBufferPointer(
            rebasing: bytes[range.lowerBound * element.byteCount..<range.upperBound * element.byteCount]))
      }
      try SafeTensors.write(tensors, metadata: metadata, to: path)
      return WeightsHash.sha256(of: tensors)
    }
  }
}
