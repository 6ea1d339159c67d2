import Benchmarks
import Foundation
import Launching
import Parameters
import Specification
import Training

/// What a run of the paper's map costs beside its steps and evaluations: a folder, members, joining, records, the end.
///
/// Runs of one step and of nine, each with an evaluation after every step, take turns. With L the launch and c a step with
/// its evaluation they take L + c and L + 9c, so L = T₁ − (T₉ − T₁) / 8.
struct LaunchBenchmark {
  struct Findings: Hashable, Codable {
    let network: String
    /// Milliseconds of a run's launch, of all but the steps and evaluations.
    let launch: MeasuredDifference
    /// Milliseconds of a step and its evaluation.
    let step: MeasuredDifference
  }

  let rounds: Int

  /// Pairs of runs in a round, which gives one figure.
  private static let pairs = 10

  /// - Parameter progress: told which part of the work is done.
  func run(progress: (Double) -> Void) throws -> Findings? {
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    try writeImages(5000, of: "train", to: scratch.path)
    try writeImages(128, of: "t10k", to: scratch.path)
    let pool = RunPool(parallel: 1)
    var runs = 0
    func milliseconds(steps: Int) throws -> Double {
      runs += 1
      let spec = spec(steps: steps, images: scratch.path, output: "\(scratch.path)/runs/\(runs)")
      let began = ContinuousClock.now
      _ = try pool.train(spec)
      return began.duration(to: .now).seconds * 1000
    }
    // The first reads the images and is not counted.
    _ = try milliseconds(steps: 1)
    let figures = try (0..<rounds).map { _ in
      let pairs = try (0..<Self.pairs).map { _ in
        defer { progress(Double(runs) / Double(2 * Self.pairs * rounds + 1)) }
        return (try milliseconds(steps: 1), try milliseconds(steps: 9))
      }
      guard let one = Spread(of: pairs.map(\.0)), let nine = Spread(of: pairs.map(\.1)) else {
        preconditionFailure("a round has pairs")
      }
      let step = (nine.median - one.median) / 8
      return (launch: one.median - step, step: step)
    }
    guard let launch = MeasuredDifference(of: figures.map(\.launch)),
      let step = MeasuredDifference(of: figures.map(\.step))
    else { return nil }
    return Findings(network: NetworkSpec.Preset.mlp.rawValue, launch: launch, step: step)
  }

  /// A run of the map in `cluster/plans/paper.yaml`, but for its length.
  private func spec(steps: Int, images: String, output: String) -> RunSpec {
    var spec = RunSpec(measuring: .mlp)
    spec.dataset.name = .mnist
    spec.dataset.path = images
    (spec.batch, spec.microbatch, spec.steps, spec.epochs) = (64, 32, steps, nil)
    spec.execution.launcher = .threads
    spec.execution.transport = .auto
    spec.execution.workers = 1
    spec.execution.keepCheckpoints = 1
    spec.execution.evaluateEvery = 1
    (spec.execution.metricsEvery, spec.execution.checkpointEvery) = (100, 100)
    spec.execution.output = output
    return spec.resolved
  }

  /// Made-up images of MNIST's shape, as IDX files.
  private func writeImages(_ count: Int, of part: String, to folder: String) throws {
    func write(_ name: String, magic: UInt32, extents: [Int], _ bytes: [UInt8]) throws {
      let header = ([magic] + extents.map(UInt32.init)).flatMap { word in
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
      }
      try Data(header + bytes).write(to: URL(fileURLWithPath: "\(folder)/\(part)-\(name)-ubyte"))
    }
    let random = CounterRandom(seed: 0, purpose: .glyphs)
    let pixels = (0..<count * 784).map { UInt8(truncatingIfNeeded: random.words(0, $0)[0]) }
    try write("images-idx3", magic: 2051, extents: [count, 28, 28], pixels)
    try write("labels-idx1", magic: 2049, extents: [count], (0..<count).map { UInt8($0 % 10) })
  }
}
