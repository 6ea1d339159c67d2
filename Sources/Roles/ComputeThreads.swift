import Coordination
import Datasets
import Failures
import Foundation
import NeuralNetwork
import Parameters
import RunDefinition
import Specification
import Transport
import Worker

/// The threads on which a worker computes. Each makes its own bench, with a network, and runs it; what they finish arrives
/// in a mailbox, in any order.
final class ComputeThreads<Scalar: KernelScalar>: Sendable {
  enum Job: Sendable {
    case gradient(Worker<Scalar>.Task)
    case evaluation(Worker<Scalar>.EvaluationTask)
    /// The fingerprint of one microbatch on fixed numbers.
    case probe
  }

  enum Finished: Sendable {
    /// Segments of the gradient of one microbatch, and whether they are the last ones.
    case gradient(Worker<Scalar>.Task, [Segment], isLast: Bool)
    case evaluation(Worker<Scalar>.EvaluationTask, Tally)
    case probe(String)
    case failed(RunError)
  }

  struct Segment: Sendable {
    let segment: Int
    let contribution: Contribution<Scalar>
  }

  let finished: Mailbox<Finished>
  /// What the worker read: labels, and the mean and deviation of every channel.
  let imagesDigest: String
  private let jobs = TaskQueue<Job>()

  /// - Parameters:
  ///   - dataset: what the worker found at its path.
  ///   - standardization: of its training images.
  ///   - member: the worker.
  ///   - trace: its, if the run has one.
  convenience init(
    count: Int, definition: RunDefinition, dataset: Dataset, standardization: Standardization, of member: Member,
    in trace: MemberTrace?
  ) throws {
    let facts = (standardization.mean + standardization.deviation).map(\.bitPattern.littleEndian)
    let digest = unsafe facts.withUnsafeBytes { unsafe Probe.digest(Array($0) + dataset.train.labels) }
    try self.init(count: count, imagesDigest: digest) {
      try NetworkBench<Scalar>(definition, dataset, standardization, WorkClock(member, thread: "computes", in: trace))
    }
  }

  init(count: Int, imagesDigest: String, bench: @escaping @Sendable () throws -> any Bench<Scalar>) throws {
    let finished = try Mailbox<Finished>()
    self.finished = finished
    self.imagesDigest = imagesDigest
    let jobs = jobs
    for _ in 0..<count {
      let thread = Thread {
        do {
          let bench = try bench()
          var wait = BriefWait()
          while let job = jobs.take(after: &wait) {
            bench.clock?.enter(.compute)
            try bench.perform(job, finished.post)
            bench.clock?.enter(.wait)
          }
        } catch {
          finished.post(.failed(RunError(error)))
        }
      }
      // Foundation's default of 512 KiB is little for a library that recurses.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { jobs.close() }

  func put(_ job: Job) { jobs.put(job) }

  /// Takes back what no thread has begun; how many jobs that were.
  func cancel() -> Int { jobs.removeAll() }
}

/// What one thread does its jobs with.
protocol Bench<Scalar> {
  associatedtype Scalar: KernelScalar
  /// Of the thread, if somebody asks.
  var clock: WorkClock? { get }
  /// - Parameter post: called with each part of the result.
  func perform(_ job: ComputeThreads<Scalar>.Job, _ post: (ComputeThreads<Scalar>.Finished) -> Void) throws
}

extension Bench {
  var clock: WorkClock? { nil }

  typealias Finished = ComputeThreads<Scalar>.Finished

  /// The segments of a task's gradient, as the backward pass completes them.
  func segments(
    _ range: Range<Int>, of task: Worker<Scalar>.Task, _ tally: Tally, _ shards: ShardMap, samples: Int
  ) -> Finished {
    let parts = range.reversed().map { segment in
      let gradient = task.gradient.part(shards.segments[segment].range)
      // ‖g_k‖² of the logged filters, g_k averaged over the samples of the microbatch.
      let squares =
        task.measuresSquares
        ? shards.squaredNormsOfLoggedFilters(
          ofSegment: segment, in: gradient, times: 1 / Double(samples * samples)) : []
      return ComputeThreads<Scalar>.Segment(
        segment: segment, contribution: Contribution(gradient: gradient, tally: tally, squares: squares))
    }
    return .gradient(task, parts, isLast: range.lowerBound == 0)
  }
}

/// One thread's network and its input.
@safe private final class NetworkBench<Scalar: KernelScalar>: Bench {
  private let definition: RunDefinition
  private let backend: any Backend<Scalar>
  private var loader: BatchLoader<Scalar>
  private let images: Buffer<Scalar>
  private let labels: UnsafeMutableBufferPointer<UInt8>
  /// What the backend has loaded. As long as it is held here nobody writes it, so the same buffer is the same weights.
  private var weights: Buffer<Scalar>?
  let clock: WorkClock?

  init(
    _ definition: RunDefinition, _ dataset: Dataset, _ standardization: Standardization, _ clock: WorkClock?
  ) throws {
    let spec = definition.spec
    self.definition = definition
    self.clock = clock
    backend = try definition.makeBackend()
    if let clock { backend.onWork = clock.enter }
    loader = BatchLoader(
      dataset, standardization: standardization, seed: UInt64(spec.seed), batchSize: spec.batch,
      microbatchSize: spec.microbatch, shuffle: spec.dataset.shuffle,
      augmentation: Augmentation(spec.dataset.augment))
    images = backend.input ?? Buffer(count: spec.microbatch * definition.images.shape.count)
    unsafe labels = .allocate(capacity: spec.microbatch)
    unsafe labels.initialize(repeating: 0)
  }

  deinit { unsafe labels.deallocate() }

  func perform(_ job: ComputeThreads<Scalar>.Job, _ post: (Finished) -> Void) throws {
    switch job {
    case .gradient(let task):
      clock?.reach(task.step)
      clock?.enter(.copy)
      let first = unsafe loader.loadMicrobatch(
        task.microbatch, ofStep: task.step, images: images.elements, labels: labels)
      let shards = definition.shards
      var missing = shards.segments.count
      try gradient(at: task.weights, ofSamplesFrom: first, into: task.gradient) { offset, tally in
        let complete = shards.segments[..<missing].reversed().prefix { $0.range.lowerBound >= offset }.count
        guard complete > 0 else { return }
        post(
          segments(
            (missing - complete)..<missing, of: task, tally, shards, samples: definition.spec.microbatch))
        missing -= complete
      }
    case .evaluation(let task):
      try load(task.weights)
      let count = unsafe loader.loadEvaluationChunk(
        task.chunk, size: definition.spec.microbatch, images: images.elements, labels: labels)
      post(
        .evaluation(task, try unsafe backend.evaluate(images: images.start, labels: firstLabel, count: count)))
    case .probe: post(.probe(try probe()))
    }
  }

  private func gradient(
    at weights: Buffer<Scalar>, ofSamplesFrom first: Int, into gradient: Buffer<Scalar>,
    finished: (_ offset: Int, Tally) -> Void
  ) throws {
    try load(weights)
    unsafe try backend.gradient(
      images: images.start, labels: firstLabel, firstSample: first, into: gradient.start, finished: finished)
  }

  private func load(_ weights: Buffer<Scalar>) throws {
    guard weights !== self.weights else { return }
    unsafe try backend.load(weights.start)
    self.weights = weights
  }

  /// SHA-256 of the gradient of one microbatch of fixed images at fixed weights.
  private func probe() throws -> String {
    let probe = CounterRandom(seed: 0, purpose: .probe)
    let weights = Buffer<Scalar>(count: definition.architecture.layout.count)
    let output = Buffer<Scalar>(count: weights.count)
    // Small whole numbers over a power of two: the same in every precision.
    Probe.fill(weights) { Double($0 &* 40_503 % 65_536) / 0x1p19 - 0x1p-4 }
    Probe.fill(images) { Double(probe.words(0, $0)[0] >> 8) * 0x1p-24 - 0.5 }
    let classes = definition.images.classNames.count
    for index in unsafe labels.indices { unsafe labels[index] = UInt8(index % classes) }
    try gradient(at: weights, ofSamplesFrom: 0, into: output) { _, _ in }
    return unsafe output.withBytes { unsafe Probe.digest($0) }
  }

  private var firstLabel: UnsafePointer<UInt8> {
    guard let start = unsafe labels.baseAddress else { preconditionFailure("a microbatch has samples") }
    return unsafe UnsafePointer(start)
  }
}
