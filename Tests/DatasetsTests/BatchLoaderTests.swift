import Datasets
import Parameters
import TestSupport
import Testing

@Suite struct BatchLoaderTests {
  private static let seed: UInt64 = 9
  private let dataset: Dataset
  private let standardization: Standardization

  init() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(11), to: "data_batch_1.bin")
    try folder.write(Samples.cifar(10, first: 11), to: "data_batch_2.bin")
    try folder.write(Samples.cifar(10, first: 21), to: "test_batch.bin")
    // The files stay mapped after their folder is removed.
    dataset = try Dataset(DatasetRequest(name: "cifar-10", path: folder.path))
    standardization = Standardization(of: dataset.train)
  }

  private func loader<Scalar>(_ augmentation: Augmentation) -> BatchLoader<Scalar> {
    BatchLoader(
      dataset, standardization: standardization, seed: Self.seed, batchSize: 16, microbatchSize: 4,
      augmentation: augmentation)
  }

  /// Pixel (channel, y, x) of an image as a network input; black outside the image.
  private func value(_ bytes: [UInt8], _ channel: Int, _ y: Int, _ x: Int) -> Double {
    let inside = (0..<32).contains(y) && (0..<32).contains(x)
    let byte = inside ? Double(bytes[1024 * channel + 32 * y + x]) : 0
    return (byte / 255 - standardization.mean[channel]) / standardization.deviation[channel]
  }

  @Test func imagesOfAnySizeAreWhole() throws {
    let folder = try Samples.idxFolder()
    let dataset = try Dataset(DatasetRequest(name: "mnist", path: folder.path))
    let standardization = Standardization(of: dataset.train)
    let loader = BatchLoader<Double>(
      dataset, standardization: standardization, seed: Self.seed, batchSize: 2, microbatchSize: 2)
    var images = [Double](repeating: .nan, count: 3 * 20)
    var labels = [UInt8](repeating: 99, count: 3)
    let count = unsafe images.withUnsafeMutableBufferPointer { images in
      unsafe labels.withUnsafeMutableBufferPointer { labels in
        unsafe loader.loadEvaluationChunk(0, size: 3, images: images, labels: labels)
      }
    }
    let pixels = (0..<3).flatMap { record in (0..<20).map { Samples.pixel(record, $0) } }
    #expect(count == 3)
    #expect(images == pixels.map { (Double($0) / 255 - standardization.mean[0]) / standardization.deviation[0] })
  }

  @Test(arguments: Augmentation.allCases)
  func microbatchesAgreeWithTheDefinition(augmentation: Augmentation) throws {
    try check(Float.self, augmentation)
    try check(Double.self, augmentation)
  }

  private func check<Scalar: KernelScalar>(_: Scalar.Type, _ augmentation: Augmentation) throws {
    var loader: BatchLoader<Scalar> = loader(augmentation)
    let permutations = SampleStream(imageCount: 21, batchSize: 16, seed: Self.seed)
    let random = CounterRandom(seed: Self.seed, purpose: .augmentation)
    var images = [Scalar](repeating: .nan, count: 4 * 3072)
    var labels = [UInt8](repeating: 99, count: 4)
    // Steps 0 and 1 hold the end of the first epoch; step 7 lies in the sixth.
    for (step, microbatch) in [(0, 0), (1, 1), (0, 3), (7, 2)] {
      unsafe images.withUnsafeMutableBufferPointer { images in
        unsafe labels.withUnsafeMutableBufferPointer { labels in
          _ = unsafe loader.loadMicrobatch(microbatch, ofStep: step, images: images, labels: labels)
        }
      }
      for slot in 0..<4 {
        let n = step * 16 + microbatch * 4 + slot
        let image = Int(permutations.makePermutation(epoch: n / 21)[n % 21])
        #expect(labels[slot] == Samples.label(image))
        let placement = augmentation.placement(ofSample: n, random: random)
        let bytes = (0..<3072).map { Samples.pixel(image, $0) }
        var expected: [Scalar] = []
        for channel in 0..<3 {
          for y in 0..<32 {
            for x in 0..<32 {
              let column = placement.isFlipped ? 31 - x : x
              expected.append(Scalar(value(bytes, channel, y + placement.down, column + placement.right)))
            }
          }
        }
        #expect(Array(images[(3072 * slot)..<(3072 * (slot + 1))]) == expected)
      }
    }
  }

  @Test func evaluationChunksCoverTheTestPartInOrder() throws {
    let loader: BatchLoader<Double> = loader(.cropFlip)
    #expect(loader.evaluationChunkCount(size: 4) == 3)
    var seen: [UInt8] = []
    for chunk in 0..<3 {
      var images = [Double](repeating: .infinity, count: 4 * 3072)
      var labels = [UInt8](repeating: 99, count: 4)
      let count = unsafe images.withUnsafeMutableBufferPointer { images in
        unsafe labels.withUnsafeMutableBufferPointer { labels in
          unsafe loader.loadEvaluationChunk(chunk, size: 4, images: images, labels: labels)
        }
      }
      #expect(count == (chunk == 2 ? 2 : 4))
      #expect(images[(count * 3072)...].allSatisfy { $0 == .infinity })
      seen += labels.prefix(count)
      let bytes = (0..<3072).map { Samples.pixel(21 + 4 * chunk + 1, $0) }
      #expect(images[3072 + 1024 + 37] == value(bytes, 1, 1, 5))
    }
    #expect(seen == (21..<31).map(Samples.label))
  }
}

@Suite struct AugmentationTests {
  private let random = CounterRandom(seed: 3, purpose: .augmentation)

  @Test func cropsReachEveryCornerEquallyAndHalfIsFlipped() {
    var counts: [Int: Int] = [:]
    var flips = 0
    let count = 8100
    for n in 0..<count {
      let placement = Augmentation.cropFlip.placement(ofSample: n, random: random)
      counts[(placement.down + 4) * 9 + placement.right + 4, default: 0] += 1
      flips += placement.isFlipped ? 1 : 0
    }
    #expect(counts.keys.sorted() == Array(0..<81))
    let chi2 = counts.values.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
    // 80 degrees of freedom: above 124.8 in one case of a thousand. Flips: four standard deviations of 45.
    #expect(chi2 < 124.8)
    #expect(abs(flips - count / 2) < 180)
  }

  @Test func eachKindChangesOnlyWhatItsNameSays() {
    for n in 0..<100 {
      #expect(Augmentation.none.placement(ofSample: n, random: random) == Augmentation.Placement())
      let flip = Augmentation.flip.placement(ofSample: n, random: random)
      #expect(flip.down == 0 && flip.right == 0)
      #expect(!Augmentation.crop.placement(ofSample: n, random: random).isFlipped)
    }
  }
}
