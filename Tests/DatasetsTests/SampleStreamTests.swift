import Datasets
import Testing

@Suite struct SampleStreamTests {
  /// Epochs whose length no batch size here divides, so batches straddle.
  @Test(arguments: [1, 7, 32, 100, 250], [1, 97, 128])
  func everyImageComesOnceAnEpoch(batchSize: Int, imageCount: Int) {
    var stream = SampleStream(imageCount: imageCount, batchSize: batchSize, seed: 5)
    let steps = 3 * imageCount / batchSize + 1
    let images = (0..<steps).flatMap { step in
      (0..<batchSize).map { stream.image(ofSample: stream.sample(step: step, position: $0)) }
    }
    for epoch in 0..<3 {
      let part = images[(epoch * imageCount)...].prefix(imageCount)
      #expect(part.sorted() == Array(0..<imageCount).prefix(part.count).map { $0 })
    }
  }

  @Test func epochsAndSeedsDifferAndTheOrderOfAskingDoesNotMatter() {
    var forward = SampleStream(imageCount: 50, batchSize: 8, seed: 1)
    var backward = SampleStream(imageCount: 50, batchSize: 8, seed: 1)
    let samples = (0..<400).map { forward.image(ofSample: $0) }
    #expect((0..<400).reversed().map { backward.image(ofSample: $0) } == samples.reversed())
    #expect(samples[..<50] != samples[50..<100])
    let other = SampleStream(imageCount: 50, batchSize: 8, seed: 2)
    #expect(other.makePermutation(epoch: 0) != forward.makePermutation(epoch: 0))
  }

  @Test func withoutShuffleTheOrderIsTheFiles() {
    var stream = SampleStream(imageCount: 5, batchSize: 4, seed: 1, shuffle: false)
    #expect((0..<12).map { stream.image(ofSample: $0) } == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
  }

  @Test func allPermutationsAreEquallyLikely() {
    let stream = SampleStream(imageCount: 4, batchSize: 1, seed: 11)
    var counts: [[UInt32]: Int] = [:]
    for epoch in 0..<2400 { counts[stream.makePermutation(epoch: epoch), default: 0] += 1 }
    #expect(counts.count == 24)
    let chi2 = counts.values.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
    // 23 degrees of freedom: above 49.7 in one case of a thousand.
    #expect(chi2 < 49.7)
  }
}
