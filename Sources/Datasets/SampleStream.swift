import Parameters

/// The endless stream of training samples, as a pure function of (seed, position).
///
/// Position j of step t is sample n = t·B + j: entry n mod N of the permutation of epoch n div N. So each image occurs
/// exactly once per epoch, and a batch may straddle two epochs.
package struct SampleStream: Sendable {
  /// N, the number of training images.
  package let imageCount: Int
  /// B.
  package let batchSize: Int
  /// Whether epochs are permuted; otherwise every epoch runs 0, 1, …, N − 1.
  package let shuffle: Bool
  private let random: CounterRandom
  /// The most recently used permutations, newest first: a batch needs at most two unless it is longer than an epoch.
  private var cache: [(epoch: Int, permutation: [UInt32])] = []

  package init(imageCount: Int, batchSize: Int, seed: UInt64, shuffle: Bool = true) {
    precondition(imageCount > 0 && imageCount <= UInt32.max && batchSize > 0, "a stream has images and batches")
    self.imageCount = imageCount
    self.batchSize = batchSize
    self.shuffle = shuffle
    random = CounterRandom(seed: seed, purpose: .permutation)
  }

  /// n of position `position` in step `step`.
  package func sample(step: Int, position: Int) -> Int { step * batchSize + position }

  /// The index of the image of sample n.
  package mutating func image(ofSample n: Int) -> Int {
    let (epoch, index) = n.quotientAndRemainder(dividingBy: imageCount)
    guard shuffle else { return index }
    if let held = cache.first(where: { $0.epoch == epoch }) { return Int(held.permutation[index]) }
    let permutation = makePermutation(epoch: epoch)
    cache = [(epoch, permutation)] + cache.prefix(1)
    return Int(permutation[index])
  }

  /// Fisher and Yates 1938, in Durstenfeld's form: for i = N − 1, …, 1 exchange i with a random j ≤ i.
  package func makePermutation(epoch: Int) -> [UInt32] {
    var permutation = Array(0..<UInt32(imageCount))
    for i in stride(from: imageCount - 1, to: 0, by: -1) {
      permutation.swapAt(i, random.integer(epoch, i, below: i + 1))
    }
    return permutation
  }
}
