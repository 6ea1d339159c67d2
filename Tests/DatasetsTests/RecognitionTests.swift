import Datasets
import TestSupport
import Testing

@Suite("A folder's data set") struct RecognitionTests {
  @Test(
    "is told by its usual files",
    arguments: [
      ("data_batch_3.bin", "cifar-10"), ("x-train-images-idx3-ubyte.gz", "idx"), ("train_images.npy", "numpy"),
      ("mnist.npz", "numpy"),
    ])
  func names(file: String, name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: file)
    #expect(try Dataset.name(ofFolder: folder.path) == name)
  }

  @Test("is refused if there is none")
  func none() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "train.bin")
    let error = #expect(throws: DatasetError.self) { try Dataset.name(ofFolder: folder.path) }
    #expect(error?.code == .missing && error?.description.contains("has no files of a known data set") == true)
    try folder.write([1], to: "test.bin")
    #expect(try Dataset.name(ofFolder: folder.path) == "cifar-100")
  }

  @Test("is MNIST by its content alone", .enabled(if: SharedData.isPresent, "skipped: no data"))
  func mnist() throws {
    #expect(try Dataset.name(ofFolder: SharedData.folder("mnist")) == "mnist")
    #expect(try Dataset.name(ofFolder: SharedData.folder("cifar-10")) == "cifar-10")
    let other = try Samples.idxFolder()
    #expect(try Dataset.name(ofFolder: other.path) == "idx")
  }

  @Test("in the files of MNIST has the classes of its labels and the names that it comes with")
  func anyIDX() throws {
    let folder = try TemporaryFolder()
    for (name, count) in [("emnist-letters-train", 3), ("emnist-letters-test", 2)] {
      try folder.write(Samples.gzip(Samples.idxImages(count)), to: "\(name)-images-idx3-ubyte.gz")
      let labels = Samples.bigEndian(2049, count) + [26, 1, 7].prefix(count)
      try folder.write(labels, to: "\(name)-labels-idx1-ubyte")
    }
    let request = DatasetRequest(name: "idx", path: folder.path)
    let dataset = try Dataset(request)
    #expect(dataset.train.labels == [26, 1, 7] && dataset.test.labels == [26, 1])
    #expect(dataset.train.classNames == (0...26).map(String.init))
    #expect(Samples.complaint(DatasetRequest(name: "mnist", path: folder.path))?.code == .missing)
    // A label that training never shows.
    try folder.write(Samples.bigEndian(2049, 2) + [27, 1], to: "emnist-letters-test-labels-idx1-ubyte")
    #expect(Samples.complaint(request)?.description.contains("label 27 at 0; 0 to 26 are accepted") == true)
    // Two sets in one folder, as EMNIST is published.
    try folder.write(Samples.idxImages(3), to: "emnist-digits-train-images-idx3-ubyte")
    let complaint = Samples.complaint(request)
    #expect(complaint?.code == .request && complaint?.description.contains("dataset.train must list") == true)
    let usual = try Samples.idxFolder()
    #expect(Samples.complaint(DatasetRequest(name: "idx", path: usual.path)) == nil)
  }

  @Test("KMNIST has its hiragana")
  func kmnist() throws {
    let folder = try Samples.idxFolder()
    let dataset = try Dataset(DatasetRequest(name: "kmnist", path: folder.path))
    #expect(dataset.train.classNames == ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"])
  }
}
