import Benchmarks
import Coordination
import Datasets
import Diagnosis
import Foundation
import Launching
import Optimization
import Parameters
import RunDefinition
import Specification
import Training
import ZeroMQ

/// More workers and servers than the machine has cores, beside two workers and one server, and beside as many threads without
/// messages; the messages and the update of a step against the number of parameters; and what processes without work cost.
struct ScaleBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// Two workers and one server.
    let reference: MeasuredValue
    let sizes: [Size]
    let steps: [Step]
    let idle: Idle?
  }

  struct Size: Hashable, Codable {
    let workers: Int
    let servers: Int
    let imagesPerSecond: MeasuredValue
    let ratioToReference: Double
    /// As many threads as workers, each of which loads the weights, computes and sums its part of every step without any
    /// messages: what sharing cores and caches leaves. Absent in results of older programs.
    let threads: MeasuredValue?

    var ratioToThreads: Double? { threads.map { imagesPerSecond.median / $0.median } }
  }

  /// A gradient of all parameters to a server, the update, and the weights back.
  struct Step: Hashable, Codable {
    let parameters: Int
    let milliseconds: MeasuredValue
    /// The same with a server that has a thread for each processor; absent in results of older programs.
    let sharedMilliseconds: MeasuredValue?

    var nanosecondsPerParameter: Double { milliseconds.median * 1e6 / Double(parameters) }
  }

  /// Spare workers, while another one trains.
  struct Idle: Hashable, Codable {
    let workers: Int
    /// Of a core, for each of them.
    let cores: MeasuredValue
  }

  /// Seconds of one measurement.
  let seconds: Double
  let rounds: Int

  private static let workers = [1, 2, 4, 8, 16]
  private static let servers = [1, 2, 8]
  /// Those for which there is memory: weights and gradients of both ends, and the momentum, take less than 40 bytes each.
  private static var parameters: [Int] {
    let room = MemoryFacts().room ?? 0
    return [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].filter { $0 <= 10_000_000 || $0 * 40 <= room }
  }
  private static let spares = 4

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    var spec = RunSpec(measuring: network)
    // A microbatch for each worker, whatever their number.
    spec.batch = spec.microbatch * (Self.workers.max() ?? 1)
    let pairs = Self.servers.flatMap { servers in Self.workers.map { (workers: $0, servers: servers) } }
    let run = RunSpeed(seconds: seconds)
    let dataset = try Dataset(DatasetRequest(spec.dataset))
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(dataset))
    let parameters = Self.parameters
    var (speeds, times, idle) = (pairs.map { _ in Rounds() }, parameters.map { _ in Rounds() }, Rounds())
    var shared = times
    var limits = Self.workers.map { _ in Rounds() }
    var expected = 1000.0
    let measurements = rounds * (pairs.count + Self.workers.count + 2 * parameters.count + 1)
    var done = 0
    func advance() {
      done += 1
      progress(Double(done) / Double(measurements))
    }
    for _ in 0..<rounds {
      for (index, pair) in pairs.enumerated() {
        spec.execution.servers = pair.servers
        try speeds[index].measure { try run.measure(spec, workers: pair.workers, expected: expected) }
        expected = speeds[index].measurement?.median ?? expected
        advance()
      }
      for (index, count) in Self.workers.enumerated() {
        try limits[index].measure { try threadSpeed(count, definition, dataset) }
        advance()
      }
      for (index, count) in parameters.enumerated() {
        try times[index].measure { try stepCost(count, .one) }
        advance()
        try shared[index].measure { try stepCost(count, Self.processors) }
        advance()
      }
      try idle.measure { try idleCores(network) }
      advance()
    }
    let found = zip(pairs, speeds).compactMap { pair, rounds in rounds.measurement.map { (pair, $0) } }
    guard let reference = found.first(where: { $0.0 == (2, 1) })?.1 else { return nil }
    return Findings(
      network: network.rawValue, batch: spec.batch, reference: reference,
      sizes: found.map { pair, figure in
        Size(
          workers: pair.workers, servers: pair.servers, imagesPerSecond: figure,
          ratioToReference: figure.median / reference.median,
          threads: zip(Self.workers, limits).first { $0.0 == pair.workers }?.1.measurement)
      },
      steps: parameters.indices.compactMap { index in
        times[index].measurement.map {
          Step(
            parameters: parameters[index], milliseconds: $0, sharedMilliseconds: shared[index].measurement)
        }
      },
      idle: idle.measurement.map { Idle(workers: Self.spares, cores: $0) })
  }

  /// Images a second of threads without messages.
  private func threadSpeed(_ count: Int, _ definition: RunDefinition, _ dataset: Dataset) throws -> Double {
    var threads: [StepThread] = []
    defer { for thread in threads { thread.close() } }
    for _ in 0..<count { threads.append(try StepThread(definition, dataset, ofOneIn: count)) }
    for thread in threads { thread.begin(seconds: seconds) }
    return try threads.map { try $0.result() }.reduce(0, +)
  }

  private static let processors = Threads(ProcessInfo.processInfo.activeProcessorCount)

  /// Milliseconds.
  ///
  /// - Parameter threads: of the server.
  private func stepCost(_ parameters: Int, _ threads: Threads) throws -> Double {
    let cost = try StepCost(parameters: parameters, threads: threads)
    defer { cost.end() }
    return try cost.milliseconds(over: seconds / 4)
  }

  /// What each of the spare workers of a run uses.
  private func idleCores(_ network: NetworkSpec.Preset) throws -> Double {
    var spec = RunSpec(measuring: network)
    // One microbatch, so that one worker has work.
    spec.batch = spec.microbatch
    (spec.execution.workers, spec.execution.spare) = (1 + Self.spares, Self.spares)
    let window = 10
    let steps = (IdleGauge.warmup + 20) * window
    (spec.steps, spec.epochs, spec.execution.metricsEvery) = (steps, nil, window)
    // Spare workers evaluate, too.
    spec.execution.evaluateEvery = steps
    let gauge = IdleGauge(spares: Self.spares, lastVersion: steps)
    try MeasuredRun(spec: spec).run(observer: gauge)
    return gauge.cores
  }
}

/// One step's messages and update, without computing.
private struct StepCost {
  private let scratch: ScratchFolder
  private let path: ServedPath

  init(parameters: Int, threads: Threads) throws {
    scratch = try ScratchFolder()
    path = try ServedPath(
      on: Endpoint("ipc://\(scratch.path)/step"), count: parameters, filterLength: 1000,
      rule: UpdateRules.make(name: Momentum.name), threads: threads)
    // Memory and connections are new at first.
    for _ in 0..<10 { try path.turn() }
  }

  func milliseconds(over seconds: Double) throws -> Double {
    let start = ContinuousClock.now
    var (turns, elapsed) = (0, 0.0)
    repeat {
      try path.turn()
      turns += 1
      elapsed = start.duration(to: .now).seconds
    } while elapsed < seconds
    return elapsed / Double(turns) * 1000
  }

  func end() {
    path.end()
    scratch.remove()
  }
}

/// The processor time of the workers of a run that have the least of it.
private final class IdleGauge: RunObserver {
  /// Logging windows in which spares may still get ready.
  static let warmup = 20

  private let spares: Int
  private let lastVersion: Int
  private var windows = 0
  private var members: [(process: pid_t, used: Double)] = []
  private var start = ContinuousClock.now
  /// Of the spares, each, since the first logging window.
  private(set) var cores = 0.0

  init(spares: Int, lastVersion: Int) { (self.spares, self.lastVersion) = (spares, lastVersion) }

  func logged(version: Int, loss: Double?) {
    windows += 1
    guard windows >= Self.warmup, version < lastVersion else { return }
    if windows == Self.warmup { begin() } else { read() }
  }

  private func begin() {
    members = (0...spares).compactMap { rank in
      guard let process = ChildProcesses.member(Member(.worker, rank), of: getpid()), let used = Self.used(process)
      else { return nil }
      return (process, used)
    }
    start = .now
  }

  private func read() {
    let elapsed = start.duration(to: .now).seconds
    let used = members.compactMap { member in Self.used(member.process).map { $0 - member.used } }.sorted()
    cores = used.prefix(spares).reduce(0, +) / Double(max(1, min(spares, used.count))) / max(elapsed, 1e-9)
  }

  private static func used(_ process: pid_t) -> Double? {
    let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    return ProcessorTime.used(processStat: stat, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
  }
}
