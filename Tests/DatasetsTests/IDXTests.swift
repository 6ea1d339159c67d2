import Datasets
import Parameters
import TestSupport
import Testing

@Suite struct IDXTests {
  @Test(arguments: [false, true], ["mnist", "fashion-mnist"])
  func imagesAndLabelsComeOut(gzipped: Bool, name: String) throws {
    let folder = try Samples.idxFolder(gzipped: gzipped)
    let dataset = try Dataset(DatasetRequest(name: name, path: folder.path))
    #expect(dataset.train.shape == ImageShape(channels: 1, height: 5, width: 4))
    #expect(dataset.train.labels == (0..<7).map(Samples.label))
    #expect(dataset.test.count == 3)
    for index in 0..<7 { #expect(dataset.train.bytes(of: index) == (0..<20).map { Samples.pixel(index, $0) }) }
    #expect(dataset.train.classNames[9] == (name == "mnist" ? "9" : "ankle boot"))
    // Fashion-MNIST's checksums are known only for its gzipped files.
    let checksum: FileRecord.Checksum = name == "mnist" || gzipped ? .different : .unknown
    #expect(try dataset.verify().map(\.checksum) == Array(repeating: checksum, count: 4))
  }

  @Test func aGzipFileMayHaveSeveralMembers() throws {
    let folder = try Samples.idxFolder()
    let bytes = Samples.idxImages(3)
    let members = try Samples.gzip(Array(bytes[..<21])) + Samples.gzip(Array(bytes[21...]))
    try folder.write(members, to: "two-members.gz")
    let request = DatasetRequest(
      name: "mnist", path: folder.path, testFiles: ["two-members.gz", "t10k-labels-idx1-ubyte"])
    #expect(try Dataset(request).test.bytes(of: 2) == (0..<20).map { Samples.pixel(2, $0) })
  }

  /// Image files paired with three valid labels, and the expected error.
  static let badImages: [(bytes: [UInt8], sentence: String)] = [
    (Samples.bigEndian(2050, 3, 5, 4) + [UInt8](repeating: 0, count: 60), "magic number 2050; 2051 is accepted"),
    (Samples.idxLabels(40), "magic number 2049; 2051 is accepted"),
    (Samples.idxImages(4), "counts 4 images"),
    (Array(Samples.idxImages(3).dropLast()), "75 bytes; its header says 16 + 60"),
    (Samples.idxImages(3) + [0], "77 bytes; its header says 16 + 60"),
    (Samples.bigEndian(2051, 3, 0, 4), "side 0; 1 to 1024 is accepted"),
    (Samples.bigEndian(2051, 3, 5, 4_000_000_000), "side 4000000000"),
    (Samples.bigEndian(2051, 0, 5, 4), "counts 0"),
    (Samples.bigEndian(2051, 4_000_000_000, 1024, 1024), "16 bytes; its header says"),
    ([1, 2, 3], "has no whole header"),
  ]

  @Test(arguments: badImages)
  func badContentIsNamed(bytes: [UInt8], sentence: String) throws {
    let folder = try Samples.idxFolder()
    try folder.write(bytes, to: "bad")
    let request = DatasetRequest(name: "mnist", path: folder.path, testFiles: ["bad", "t10k-labels-idx1-ubyte"])
    let complaint = try #require(Samples.complaint(request))
    #expect(complaint.code == .content && complaint.description.contains(sentence), "\(complaint)")
  }

  @Test(arguments: [
    (try Samples.gzip(Samples.bigEndian(2051, 4_000_000_000, 1024, 1024)), "too small for the"),
    (try Samples.gzip(Samples.idxImages(3) + [0]), "more elements than the 60"),
    (try Samples.gzip(Array(Samples.idxImages(3).dropLast())), "has 59 elements, its header says 60"),
    (try Samples.gzip([8, 3]), "has no whole header"),
    (try Samples.gzip(Samples.idxImages(3)) + [1, 2, 3], "is damaged"),
  ])
  func badGzipContentIsNamed(bytes: [UInt8], sentence: String) throws {
    let folder = try Samples.idxFolder()
    try folder.write(bytes, to: "bad.gz")
    let request = DatasetRequest(name: "mnist", path: folder.path, testFiles: ["bad.gz", "t10k-labels-idx1-ubyte"])
    let complaint = try #require(Samples.complaint(request))
    #expect(complaint.code == .content && complaint.description.contains(sentence), "\(complaint)")
  }

  @Test func everyTruncationAndEveryFlippedBitOfTheDataIsNoticed() throws {
    let folder = try Samples.idxFolder()
    let compressed = try Samples.gzip(Samples.idxImages(3))
    let request = DatasetRequest(name: "mnist", path: folder.path, testFiles: ["x.gz", "t10k-labels-idx1-ubyte"])
    try folder.write(compressed, to: "x.gz")
    let good = try Dataset(request).test.bytes(of: 2)
    for length in 0..<compressed.count {
      try folder.write(Array(compressed[..<length]), to: "x.gz")
      #expect(Samples.complaint(request)?.code == .content, "\(length) of \(compressed.count) bytes")
    }
    // The ten bytes of the gzip header contain a time and an operating system, which have no effect.
    for index in 10..<compressed.count {
      var damaged = compressed
      damaged[index] ^= 0x10
      try folder.write(damaged, to: "x.gz")
      // Padding bits between the last code and the checksum have no meaning; any other flipped bit must be detected.
      let dataset = try? Dataset(request)
      #expect(dataset == nil || dataset?.test.bytes(of: 2) == good, "byte \(index)")
    }
  }

  @Test func missingPartsAndWrongListsAreNamed() throws {
    let folder = try Samples.idxFolder()
    var request = DatasetRequest(name: "mnist", path: folder.path, trainFiles: ["train-images-idx3-ubyte"])
    #expect(Samples.complaint(request)?.description.contains("dataset.train lists 1 files") == true)
    request.trainFiles = nil
    #expect(Samples.complaint(request) == nil)
    request.path = try TemporaryFolder().path
    #expect(Samples.complaint(request)?.code == .missing)
    let labels = Samples.bigEndian(2049, 3) + [1, 10, 2]
    try folder.write(labels, to: "labels")
    request = DatasetRequest(name: "mnist", path: folder.path, testFiles: ["t10k-images-idx3-ubyte", "labels"])
    #expect(Samples.complaint(request)?.description.contains("label 10 at 1; 0 to 9 are accepted") == true)
  }

  @Test(.enabled(if: SharedData.isPresent, "skipped: no data"))
  func theRealFilesAreThePublishedOnes() throws {
    let dataset = try Dataset(DatasetRequest(name: "mnist", path: SharedData.folder("mnist")))
    #expect(dataset.train.count == 60_000 && dataset.test.count == 10_000)
    #expect(try dataset.verify().allSatisfy { $0.checksum == .verified })
    // The commonly used constants for MNIST.
    let standardization = Standardization(of: dataset.train)
    #expect(abs(standardization.mean[0] - 0.1307) < 5e-5)
    #expect(abs(standardization.deviation[0] - 0.3081) < 5e-5)
  }
}
