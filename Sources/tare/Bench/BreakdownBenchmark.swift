package import Benchmarks
import Failures
import Foundation
import Launching
import Parameters
package import Roles
import Specification
import Training

/// What the threads of two workers and a server spend a step on, in processes over ipc: each thread's time, without gaps.
package struct BreakdownBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    let batch: Int
    /// Of a step.
    let milliseconds: MeasuredValue
    let threads: [ThreadShares]
  }

  /// One thread of each worker, or of the server.
  package struct ThreadShares: Hashable, Codable {
    package let role: String
    package let thread: String
    /// Milliseconds of a step, by the kind of work, over the rounds.
    package let milliseconds: [String: Spread]
    /// Of the time of all rounds; they add up to 1.
    package let shares: [String: Double]
  }

  /// Seconds of one measurement, start-up and evaluation not counted.
  let seconds: Double
  let rounds: Int

  /// Steps before the first that counts.
  private static let warmup = 10

  /// - Parameter progress: told which part of the work is done.
  func run(_ network: NetworkSpec.Preset, progress: (Double) -> Void) throws -> Findings? {
    var spec = RunSpec(measuring: network)
    spec.execution.workers = 2
    (spec.epochs, spec.execution.metricsEvery) = (nil, 100)
    var (elapsed, measured) = (Rounds(), [[WorkClock.Record]]())
    var steps = 10
    for round in 0..<rounds {
      let load = ForeignLoad()
      let records = try Self.records(of: spec, steps: Self.warmup..<Self.warmup + steps)
      guard let server = records.first(where: { $0.member.hasPrefix("server") }) else { return nil }
      let step = server.elapsed / Double(steps)
      elapsed.append(.init(value: step * 1000, foreignLoad: load.processors))
      measured.append(records)
      steps = max(10, Int(seconds / step))
      progress(Double(round + 1) / Double(rounds))
    }
    guard let milliseconds = elapsed.measurement else { return nil }
    return Findings(
      network: network.rawValue, batch: spec.batch, milliseconds: milliseconds, threads: Self.threads(of: measured))
  }

  private static func records(of spec: RunSpec, steps: Range<Int>) throws -> [WorkClock.Record] {
    var spec = spec
    spec.steps = steps.upperBound + 2
    spec.execution.evaluateEvery = steps.upperBound + 2
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let path = scratch.path + "/times"
    let request = try JSONEncoder().encode(WorkClock.Request(path: path, steps: steps))
    unsafe setenv(WorkClock.Request.variable, String(decoding: request, as: UTF8.self), 1)
    defer { unsafe unsetenv(WorkClock.Request.variable) }
    try MeasuredRun(spec: spec).run(observer: Unheard())
    let lines = (FileManager.default.contents(atPath: path) ?? Data()).split(separator: 0x0A)
    let records = lines.compactMap { try? JSONDecoder().decode(WorkClock.Record.self, from: $0) }
    // Two threads of each worker, and one of the server.
    let expected = 2 * spec.execution.workers + spec.execution.servers
    guard records.count == expected else {
      throw RunError(
        ExitCode.software,
        "\(counted(records.count, "thread")) said what they spent \(steps.count) steps on, of \(expected)")
    }
    return records
  }

  /// - Parameter rounds: the records of each.
  package static func threads(of rounds: [[WorkClock.Record]]) -> [ThreadShares] {
    var names: [Name] = []
    for record in rounds.joined() where !names.contains(Name(record)) { names.append(Name(record)) }
    return names.sorted { ($1.role, $0.thread) < ($0.role, $1.thread) }.map { name in
      let found = rounds.map { $0.filter { Name($0) == name } }
      let whole = found.joined().reduce(0) { $0 + $1.elapsed }
      let pairs = Work.allCases.map(\.rawValue).map { work in
        (
          work: work, share: found.joined().reduce(0) { $0 + $1.seconds[work, default: 0] } / whole,
          // The mean of the members.
          spread: Spread(
            of: found.filter { !$0.isEmpty }.map { records in
              let steps = records.reduce(0) { $0 + $1.steps }
              return records.reduce(0) { $0 + $1.seconds[work, default: 0] } / Double(steps) * 1000
            })
        )
      }
      return ThreadShares(
        role: name.role, thread: name.thread,
        milliseconds: Dictionary(pairs.compactMap { pair in pair.spread.map { (pair.work, $0) } }) { first, _ in first
        },
        shares: Dictionary(pairs.map { ($0.work, $0.share) }) { first, _ in first })
    }
  }

  private struct Name: Hashable {
    let role: String
    let thread: String

    init(_ record: WorkClock.Record) {
      role = String(record.member.prefix { $0 != " " })
      thread = record.thread
    }
  }
}

private final class Unheard: RunObserver {}
