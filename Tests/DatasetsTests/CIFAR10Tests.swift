import Datasets
import Parameters
import TestSupport
import Testing

@Suite struct CIFAR10Tests {
  @Test func recordsAreSplitIntoLabelsAndPixels() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(3), to: "data_batch_1.bin")
    try folder.write(Samples.cifar(2, first: 3), to: "data_batch_3.bin")
    try folder.write(Samples.cifar(4, first: 5), to: "test_batch.bin")
    let dataset = try Dataset(DatasetRequest(name: "cifar-10", path: folder.path))
    #expect(dataset.train.shape == ImageShape(channels: 3, height: 32, width: 32))
    #expect(dataset.train.labels == (0..<5).map(Samples.label))
    #expect(dataset.test.labels == (5..<9).map(Samples.label))
    for index in 0..<5 {
      #expect(dataset.train.bytes(of: index) == (0..<3072).map { Samples.pixel(index, $0) })
    }
    #expect(dataset.test.bytes(of: 3) == (0..<3072).map { Samples.pixel(8, $0) })
    #expect(dataset.train.classNames[9] == "truck")
  }

  @Test(arguments: [
    (
      present: ["data_batch_1", "data_batch_2", "data_batch_5"], train: ["data_batch_1", "data_batch_2"],
      test: "data_batch_5"
    ),
    (
      present: ["data_batch_1", "data_batch_4", "data_batch_5", "test_batch"],
      train: ["data_batch_1", "data_batch_4", "data_batch_5"], test: "test_batch"
    ),
    (present: ["data_batch_3", "test_batch", "test_batch_first1000"], train: ["data_batch_3"], test: "test_batch"),
  ])
  func defaultPartsFollowWhatIsThere(present: [String], train: [String], test: String) throws {
    let folder = try TemporaryFolder()
    for name in present { try folder.write(Samples.cifar(1), to: "\(name).bin") }
    let dataset = try Dataset(DatasetRequest(name: "cifar-10", path: folder.path))
    #expect(dataset.files == (train + [test]).map { folder.file("\($0).bin") })
  }

  @Test func aChosenTestPartIsNotTrainedOn() throws {
    let folder = try TemporaryFolder()
    for batch in [1, 2, 5] { try folder.write(Samples.cifar(batch), to: "data_batch_\(batch).bin") }
    var request = DatasetRequest(name: "cifar-10", path: folder.path, testFiles: ["data_batch_2.bin"])
    #expect(try Dataset(request).train.count == 1 + 5)
    request = DatasetRequest(name: "cifar-10", path: folder.path + "/", trainFiles: ["data_batch_5.bin"])
    let complaint = try #require(Samples.complaint(request))
    #expect(complaint.description.contains("has no test part"))
    request.testFiles = [folder.file("data_batch_1.bin")]
    request.limit = 2
    #expect(try Dataset(request).train.count == 2)
    #expect(try Dataset(request).test.count == 1)
  }

  @Test(arguments: [
    (Array(Samples.cifar(2).dropLast()), "has 6145 bytes; a multiple of 3073 is accepted"),
    ([], "is empty"),
    (Samples.cifar(1) + [10] + Samples.cifar(1).dropFirst(), "has label 10 in record 1; 0 to 9 are accepted"),
  ])
  func badContentIsNamed(bytes: [UInt8], sentence: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(1), to: "data_batch_1.bin")
    let path = try folder.write(bytes, to: "test_batch.bin")
    let complaint = try #require(Samples.complaint(DatasetRequest(name: "cifar-10", path: folder.path)))
    #expect(complaint.code == .content)
    #expect(complaint.exitCode == 65)
    #expect(complaint.description.contains(sentence) && complaint.description.contains(path))
  }

  @Test func missingPlacesAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(1), to: "test_batch.bin")
    let requests: [(DatasetRequest, DatasetError.Code, String)] = [
      (DatasetRequest(name: "cifar-10"), .request, "dataset.path is not given"),
      (DatasetRequest(name: "cifar-10", path: "/nowhere/at/all"), .missing, "dataset.path /nowhere/at/all"),
      (DatasetRequest(name: "cifar-10", path: folder.path), .missing, "has no training part"),
      (
        DatasetRequest(name: "cifar-10", path: folder.path, trainFiles: ["x.bin"]), .missing,
        "dataset.train names x.bin"
      ),
      (DatasetRequest(name: "cifar-10", path: folder.path, trainFiles: []), .request, "dataset.train is empty"),
      (DatasetRequest(name: "cifar-10", path: folder.path, trainFiles: ["."]), .missing, "is not a regular file"),
      (DatasetRequest(name: "cifar-10", path: folder.path, limit: 0), .request, "dataset.limit is 0"),
      (DatasetRequest(name: "cifar10"), .request, "glyphs, cifar-10, mnist, fashion-mnist"),
    ]
    for (request, code, sentence) in requests {
      let complaint = try #require(Samples.complaint(request))
      #expect(complaint.code == code && complaint.description.contains(sentence), "\(complaint)")
    }
  }

  @Test func ownDataUnderAKnownNameIsNoError() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(1), to: "data_batch_1.bin")
    try folder.write([0] + [UInt8](repeating: 0, count: 3072), to: "test_batch.bin")
    let records = try Dataset(DatasetRequest(name: "cifar-10", path: folder.path)).verify()
    #expect(records.map(\.checksum) == [.different, .unknown])
    #expect(records.map(\.bytes) == [3073, 3073])
    // head -c 3073 /dev/zero | sha256sum
    #expect(records[1].sha256 == "5fbf904d9c5cb6f356cb9eb1ee1d1511051088e1f08551ccbe753e4334fa6d9f")
  }

  @Test(.enabled(if: SharedData.isPresent, "skipped: no data"))
  func theRealFilesAreThePublishedOnes() throws {
    var request = DatasetRequest(name: "cifar-10", path: SharedData.folder("cifar-10"))
    var dataset = try Dataset(request)
    #expect(dataset.train.count == 20_000 && dataset.test.count == 10_000)
    #expect(try dataset.verify().allSatisfy { $0.checksum == .verified })
    request.testFiles = ["test_batch_first1000.bin"]
    dataset = try Dataset(request)
    #expect(dataset.train.count == 30_000)
    let counts = (0..<10).map { label in dataset.test.labels.count { $0 == label } }
    #expect(counts == [103, 89, 100, 103, 90, 86, 112, 102, 106, 109])
  }
}
