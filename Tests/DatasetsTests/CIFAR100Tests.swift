import Datasets
import TestSupport
import Testing

@Suite struct CIFAR100Tests {
  /// Records with coarse label 3 r + 1 and fine label 7 r + 90, in the classes of each.
  private static func records(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { record -> [UInt8] in
      let labels = [UInt8(3 * record + 1), UInt8((7 * record + 90) % 100)]
      return labels + (0..<3072).map { Samples.pixel(record, $0) }
    }
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.records(4), to: "train.bin")
    try folder.write(Self.records(2), to: "test.bin")
    return folder
  }

  @Test("either label is learned, over the same pixels")
  func labels() throws {
    let folder = try folder()
    let fine = try Dataset(DatasetRequest(name: "cifar-100", path: folder.path))
    let coarse = try Dataset(DatasetRequest(name: "cifar-100-coarse", path: folder.path))
    #expect(fine.train.labels == [90, 97, 4, 11] && coarse.train.labels == [1, 4, 7, 10])
    #expect(fine.train.classNames.count == 100 && coarse.train.classNames.count == 20)
    // Krizhevsky lists the fine classes in alphabetical order, from apple to worm.
    #expect(fine.train.classNames == fine.train.classNames.sorted())
    #expect(fine.train.classNames.first == "apple" && fine.train.classNames.last == "worm")
    for images in [fine.train, coarse.train] {
      for index in 0..<4 { #expect(images.bytes(of: index) == (0..<3072).map { Samples.pixel(index, $0) }) }
    }
    #expect(fine.test.count == 2)
  }

  @Test(
    "bad content is named",
    arguments: [
      (Array(records(2).dropLast()), "has 6147 bytes; a multiple of 3074 is accepted"),
      (records(1) + [0, 100] + records(1).dropFirst(2), "has label 100 in record 1; 0 to 99 are accepted"),
    ])
  func badContent(bytes: [UInt8], sentence: String) throws {
    let folder = try folder()
    try folder.write(bytes, to: "test.bin")
    let complaint = Samples.complaint(DatasetRequest(name: "cifar-100", path: folder.path))
    #expect(complaint?.code == .content && complaint?.description.contains(sentence) == true)
  }

  @Test("a missing part is named")
  func missing() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.records(1), to: "train.bin")
    let complaint = Samples.complaint(DatasetRequest(name: "cifar-100", path: folder.path))
    #expect(complaint?.code == .missing && complaint?.description.contains("has no test.bin") == true)
  }
}
