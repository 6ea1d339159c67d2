/// A data set that can be downloaded: where from, which files, and what their authors ask for.
package struct PublishedDataset: Sendable {
  package struct Member: Hashable, Sendable {
    package let name: String
    package let bytes: Int

    package init(name: String, bytes: Int) { (self.name, self.bytes) = (name, bytes) }
  }

  package struct File: Sendable {
    package let name: String
    package let bytes: Int
    package let sha256: String
    /// Of an archive: the files to unpack, by their last names.
    package let members: [Member]

    package init(name: String, bytes: Int, sha256: String, members: [Member] = []) {
      (self.name, self.bytes, self.sha256, self.members) = (name, bytes, sha256, members)
    }

    /// The files that a data set is read from: the file itself, or what is unpacked from it.
    package var contents: [(name: String, bytes: Int)] {
      members.isEmpty ? [(name, bytes)] : members.map { ($0.name, $0.bytes) }
    }
  }

  package let name: String
  /// The URL that the names of the files follow.
  package let source: String
  package let license: String
  package let citation: String
  package let files: [File]

  package init(name: String, source: String, license: String, citation: String, files: [File]) {
    (self.name, self.source, self.license, self.citation, self.files) = (name, source, license, citation, files)
  }

  package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  package static let all = [
    idx(
      "mnist", source: "https://storage.googleapis.com/cvdf-datasets/mnist/", license: "CC BY-SA 3.0",
      citation: "LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791",
      bytes: [9_912_422, 28_881, 1_648_877, 4542]),
    idx(
      "fashion-mnist", source: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", license: "MIT",
      citation: "Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747", bytes: [26_421_880, 29_515, 4_422_102, 5148]),
    idx(
      "kmnist", source: "http://codh.rois.ac.jp/kmnist/dataset/kmnist/", license: "CC BY-SA 4.0",
      citation: "Clanuwat et al. 2018, arXiv:1812.01718", bytes: [18_165_135, 29_497, 3_041_136, 5120]),
    cifar(
      "cifar-10", bytes: 170_052_171,
      members: ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"].map {
        Member(name: $0 + ".bin", bytes: 10_000 * 3073)
      }),
    cifar(
      "cifar-100", bytes: 168_513_733,
      members: [
        Member(name: "train.bin", bytes: 50_000 * 3074), Member(name: "test.bin", bytes: 10_000 * 3074),
      ]),
  ]

  package static func named(_ name: String) -> PublishedDataset? { all.first { $0.name == name } }

  /// - Parameter bytes: of training images and labels, and of test images and labels.
  private static func idx(
    _ name: String, source: String, license: String, citation: String, bytes: [Int]
  ) -> PublishedDataset {
    let names = ["train", "t10k"].flatMap { ["\($0)-images-idx3-ubyte.gz", "\($0)-labels-idx1-ubyte.gz"] }
    return PublishedDataset(
      name: name, source: source, license: license, citation: citation,
      files: zip(names, bytes).map { file(of: name, $0, bytes: $1) })
  }

  private static func cifar(_ name: String, bytes: Int, members: [Member]) -> PublishedDataset {
    PublishedDataset(
      name: name, source: "https://www.cs.toronto.edu/~kriz/", license: "none stated",
      citation: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
      files: [file(of: name, "\(name)-binary.tar.gz", bytes: bytes, members: members)])
  }

  private static func file(of dataset: String, _ name: String, bytes: Int, members: [Member] = []) -> File {
    guard let sum = KnownFiles.sum(of: name, in: dataset) else { fatalError("\(name) has a published sum") }
    return File(name: name, bytes: bytes, sha256: sum, members: members)
  }
}
