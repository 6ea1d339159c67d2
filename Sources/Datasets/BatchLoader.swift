package import Parameters

/// Fills microbatches and evaluation chunks: standardised images (NCHW) and their labels.
///
/// A value for one thread; copies share the images. What it fills depends on its arguments alone, never on what it
/// filled before.
package struct BatchLoader<Scalar: KernelScalar>: Sendable {
  private let dataset: Dataset
  private let table: [Scalar]
  private var stream: SampleStream
  private let microbatchSize: Int
  private let augmentation: Augmentation
  private let random: CounterRandom

  /// - Parameters:
  ///   - seed: of the run; permutations and augmentation follow from it.
  ///   - batchSize: B, a multiple of `microbatchSize`.
  package init(
    _ dataset: Dataset, standardization: Standardization, seed: UInt64, batchSize: Int, microbatchSize: Int,
    shuffle: Bool = true, augmentation: Augmentation = .none
  ) {
    precondition(microbatchSize > 0 && batchSize.isMultiple(of: microbatchSize), "a batch is whole microbatches")
    precondition(standardization.mean.count == dataset.train.shape.channels, "one mean a channel")
    self.dataset = dataset
    table = standardization.table()
    stream = SampleStream(imageCount: dataset.train.count, batchSize: batchSize, seed: seed, shuffle: shuffle)
    self.microbatchSize = microbatchSize
    self.augmentation = augmentation
    random = CounterRandom(seed: seed, purpose: .augmentation)
  }

  /// Loads microbatch m of step t, its positions m·b ..< (m + 1)·b.
  /// - Parameters:
  ///   - images: room for b images, NCHW.
  ///   - labels: room for b labels.
  package mutating func loadMicrobatch(
    _ microbatch: Int, ofStep step: Int, images: UnsafeMutableBufferPointer<Scalar>,
    labels: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(microbatch >= 0 && (microbatch + 1) * microbatchSize <= stream.batchSize, "a microbatch of the batch")
    let room = unsafe Room(images, labels, count: microbatchSize, shape: dataset.train.shape)
    for slot in 0..<microbatchSize {
      let n = stream.sample(step: step, position: microbatch * microbatchSize + slot)
      let placement = augmentation.placement(ofSample: n, random: random)
      copy(dataset.train, stream.image(ofSample: n), placement, to: room, slot: slot)
    }
  }

  /// How many chunks of `size` images cover the test part.
  package func evaluationChunkCount(size: Int) -> Int { (dataset.test.count + size - 1) / size }

  /// Loads chunk c of the test part, images c·k ..< (c + 1)·k in their own order, unchanged.
  /// - Returns: the images loaded; fewer than k only in the last chunk. The rest of the room is left as it was.
  package func loadEvaluationChunk(
    _ chunk: Int, size: Int, images: UnsafeMutableBufferPointer<Scalar>, labels: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    precondition(size > 0 && (0..<evaluationChunkCount(size: size)).contains(chunk), "a chunk of the test part")
    let count = min(size, dataset.test.count - chunk * size)
    let room = unsafe Room(images, labels, count: count, shape: dataset.test.shape)
    for slot in 0..<count { copy(dataset.test, chunk * size + slot, .init(), to: room, slot: slot) }
    return count
  }

  private func copy(
    _ source: ImageSet, _ image: Int, _ placement: Augmentation.Placement, to room: Room<Scalar>, slot: Int
  ) {
    unsafe table.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      unsafe copyPixels(
        source.pixels(of: image), shape: source.shape, table: table, placement,
        to: room.images + slot * source.shape.count)
    }
    unsafe room.labels[slot] = source.labels[image]
  }
}

/// The caller's memory, known to be large enough.
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
}
