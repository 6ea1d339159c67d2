import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Files listed twice") struct RepeatedFilesTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(3), to: "data_batch_1.bin")
    try folder.write(Samples.cifar(3, first: 3), to: "data_batch_2.bin")
    try folder.write(Samples.cifar(2, first: 6), to: "test_batch.bin")
    return folder
  }

  private func complaint(_ request: DatasetRequest) throws -> DatasetError? {
    let dataset = try Dataset(request)
    do throws(DatasetError) { _ = try dataset.verify() } catch { return error }
    return nil
  }

  private func request(_ folder: TemporaryFolder, train: [String]? = nil, test: [String]? = nil) -> DatasetRequest {
    DatasetRequest(name: "cifar-10", path: folder.path, trainFiles: train, testFiles: test, limit: 1)
  }

  @Test("a test file that is trained on is refused by name, whatever it is called")
  func trainedTest() throws {
    let folder = try folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.bin"), withDestinationPath: folder.file("data_batch_1.bin"))
    try FileManager.default.copyItem(atPath: folder.file("data_batch_1.bin"), toPath: folder.file("copy.bin"))
    for name in ["./data_batch_1.bin", folder.file("data_batch_1.bin"), "link.bin", "copy.bin"] {
      let error = try #require(
        try complaint(request(folder, train: ["data_batch_1.bin", "data_batch_2.bin"], test: [name])), "\(name)")
      #expect(error.exitCode == 65 && error.description.hasPrefix("Test file "))
      #expect(error.description.contains("same content as training file \(folder.file("data_batch_1.bin"))"))
    }
    #expect(try complaint(request(folder)) == nil)
  }

  @Test("a training file that is listed twice is refused by both names")
  func twice() throws {
    let folder = try folder()
    let error = try complaint(request(folder, train: ["data_batch_1.bin", "data_batch_2.bin", "./data_batch_1.bin"]))
    #expect(
      error?.description.hasPrefix(
        "Training files \(folder.file("data_batch_1.bin")) and \(folder.path)/./data_batch_1.bin have the same content")
        == true, "\(error?.description ?? "")")
  }

  @Test("a compressed file is compared by what it holds, and labels may be equal")
  func compressed() throws {
    let folder = try Samples.idxFolder(train: 3, test: 3)
    func complain() throws -> DatasetError? { try complaint(DatasetRequest(name: "mnist", path: folder.path)) }
    #expect(try complain()?.description.hasPrefix("Test file ") == true)
    try FileManager.default.removeItem(atPath: folder.file("t10k-images-idx3-ubyte"))
    try folder.write(Samples.gzip(Samples.idxImages(3)), to: "t10k-images-idx3-ubyte.gz")
    #expect(try complain()?.description.contains("t10k-images-idx3-ubyte.gz has the same content") == true)
    var other = Samples.idxImages(3)
    other[20] ^= 1
    try folder.write(Samples.gzip(other), to: "t10k-images-idx3-ubyte.gz")
    #expect(try complain() == nil)
  }

  @Test("the identity of data is that of pixels and labels, not of files, and only of those that are used")
  func identity() throws {
    let (plain, gzipped) = (try Samples.idxFolder(), try Samples.idxFolder(gzipped: true))
    func identity(_ folder: TemporaryFolder, limit: Int? = nil) throws -> DataIdentity {
      DataIdentity(try Dataset(DatasetRequest(name: "mnist", path: folder.path, limit: limit)))
    }
    #expect(try identity(plain) == identity(gzipped))
    #expect(try identity(plain).difference(from: identity(gzipped)) == nil)
    #expect(
      try identity(plain, limit: 2).difference(from: identity(plain)) == "2 training images, where the run has 7")
    var bytes = try plain.read("train-images-idx3-ubyte")
    bytes[bytes.count - 1] ^= 1
    try plain.write(bytes, to: "train-images-idx3-ubyte")
    #expect(try identity(plain).difference(from: identity(gzipped))?.hasPrefix("other training images") == true)
    #expect(try identity(plain, limit: 6) == identity(gzipped, limit: 6))
    bytes = try plain.read("t10k-labels-idx1-ubyte")
    bytes[bytes.count - 1] = 0
    try plain.write(bytes, to: "t10k-labels-idx1-ubyte")
    #expect(
      try identity(plain, limit: 6).difference(from: identity(gzipped, limit: 6))?.hasPrefix("other test") == true)
  }
}
