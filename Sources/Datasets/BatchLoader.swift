package import Parameters

/// Fills microbatches and evaluation chunks: standardized images (NCHW) and their labels.
///
/// Used by one thread at a time; copies share the images. The output depends only on the arguments, never on earlier
/// calls.
package struct BatchLoader<Scalar: KernelScalar>: Sendable {
  private let dataset: Dataset
  private let table: [Scalar]
  private var stream: SampleStream
  private let microbatchSize: Int
  private let augmentation: Augmentation
  private let random: CounterRandom

  /// - Parameters:
  ///   - seed: the run's seed, which determines permutations and augmentation.
  ///   - batchSize: B, a multiple of `microbatchSize`.
  package init(
    _ dataset: Dataset, standardization: Standardization, seed: UInt64, batchSize: Int, microbatchSize: Int,
    shuffle: Bool = true, augmentation: Augmentation = .none
  ) {
    precondition(microbatchSize > 0 && batchSize.isMultiple(of: microbatchSize), "a batch is whole microbatches")
    precondition(standardization.mean.count == dataset.train.shape.channels, "one mean per channel")
    self.dataset = dataset
    table = standardization.table()
    stream = SampleStream(imageCount: dataset.train.count, batchSize: batchSize, seed: seed, shuffle: shuffle)
    self.microbatchSize = microbatchSize
    self.augmentation = augmentation
    random = CounterRandom(seed: seed, purpose: .augmentation)
  }

  /// Loads microbatch m of step t, its positions m·b ..< (m + 1)·b.
  /// - Parameters:
  ///   - images: capacity for b images, NCHW.
  ///   - labels: capacity for b labels.
  ///
  /// - Returns: n of the first one.
  @discardableResult
  package mutating func loadMicrobatch(
    _ microbatch: Int, ofStep step: Int, images: UnsafeMutableBufferPointer<Scalar>,
    labels: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    precondition(microbatch >= 0 && (microbatch + 1) * microbatchSize <= stream.batchSize, "a microbatch of the batch")
    let room = unsafe Room(images, labels, count: microbatchSize, shape: dataset.train.shape)
    let first = microbatch * microbatchSize
    let samples = (first..<first + microbatchSize).map { position in
      let n = stream.sample(step: step, position: position)
      return (image: stream.image(ofSample: n), placement: augmentation.placement(ofSample: n, random: random))
    }
    room.fill(from: dataset.train, samples, through: table)
    return stream.sample(step: step, position: first)
  }

  /// How many chunks of `size` images cover the test part.
  package func evaluationChunkCount(size: Int) -> Int { (dataset.test.count + size - 1) / size }

  /// Loads chunk c of the test part, images c·k ..< (c + 1)·k in their own order, unchanged.
  /// - Returns: the number of images loaded; fewer than k only in the last chunk. The rest of the buffers is left
  ///   unchanged.
  package func loadEvaluationChunk(
    _ chunk: Int, size: Int, images: UnsafeMutableBufferPointer<Scalar>, labels: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    precondition(size > 0 && (0..<evaluationChunkCount(size: size)).contains(chunk), "a chunk of the test part")
    let count = min(size, dataset.test.count - chunk * size)
    let room = unsafe Room(images, labels, count: count, shape: dataset.test.shape)
    let samples = (chunk * size..<chunk * size + count).map { (image: $0, placement: Augmentation.Placement()) }
    room.fill(from: dataset.test, samples, through: table)
    return count
  }
}

/// The caller's buffers, checked to be large enough.
@safe private struct Room<Scalar> {
  let images: UnsafeMutablePointer<Scalar>
  let labels: UnsafeMutablePointer<UInt8>

  init(
    _ images: UnsafeMutableBufferPointer<Scalar>, _ labels: UnsafeMutableBufferPointer<UInt8>, count: Int,
    shape: ImageShape
  ) {
    guard let first = images.baseAddress, let firstLabel = labels.baseAddress,
      images.count >= count * shape.count, labels.count >= count
    else { preconditionFailure("room for \(count) images of \(shape)") }
    unsafe self.images = first
    unsafe self.labels = firstLabel
  }
  /// - Parameter table: 256 values per channel.
  func fill(
    from source: ImageSet, _ samples: [(image: Int, placement: Augmentation.Placement)], through table: [Scalar]
  ) where Scalar: BinaryFloatingPoint {
    unsafe table.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      for (slot, sample) in samples.enumerated() {
        unsafe copyPixels(
          source.pixels(of: sample.image), shape: source.shape, table: table, sample.placement,
          to: images + slot * source.shape.count)
        unsafe labels[slot] = source.labels[sample.image]
      }
    }
  }
}
