import Datasets
import PNG
import TestSupport
import Testing

@Suite("Facts on a data set") struct DatasetFactsTests {
  @Test("images are counted by class, and copies are found")
  func counts() throws {
    let folder = try TemporaryFolder()
    let record = Samples.cifar(1)
    // Labels 3, 0, 7, 4; then the first once more, and its pixels with label 9.
    let other = [9] + record.dropFirst()
    try folder.write(Samples.cifar(4) + record + other, to: "data_batch_1.bin")
    try folder.write(Samples.cifar(1, first: 7) + record, to: "test_batch.bin")
    let facts = try DatasetFacts(Dataset(DatasetRequest(name: "cifar-10", path: folder.path)))
    #expect(facts.trainCount == 6 && facts.testCount == 2 && facts.classes.count == 10)
    #expect(facts.classes.map(\.train) == [1, 0, 0, 2, 1, 0, 0, 1, 0, 1])
    #expect(facts.classes.map(\.test) == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0])
    #expect(
      facts.notes == [
        "5 classes without training images: automobile, bird, dog, frog, ship.",
        "8 classes without test images: airplane, automobile, deer, dog, frog and 3 more.",
        "2 training images are of the same bytes as an earlier one.",
        "1 training image is of the same bytes as an earlier one with another label.",
        "1 test image is of the same bytes as a training image.",
        "File \(folder.file("data_batch_1.bin")) is not the published file of that name.",
      ])
  }

  @Test("images of one class are said to be")
  func oneClass() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.cifar(1), to: "data_batch_1.bin")
    try folder.write(Samples.cifar(2, first: 7), to: "test_batch.bin")
    let facts = try DatasetFacts(Dataset(DatasetRequest(name: "cifar-10", path: folder.path)))
    #expect(facts.notes.first == "The one training image is of class cat: there is nothing to tell apart.")
  }

  @Test("means are those of training")
  func standardization() throws {
    let dataset = try Dataset(DatasetRequest(name: "glyphs", limit: 50))
    let facts = try DatasetFacts(dataset)
    #expect(facts.standardization == Standardization(of: dataset.train) && facts.notes.isEmpty && facts.files.isEmpty)
  }

  @Test("a sheet has a row for each class, at twice the size")
  func sheet() throws {
    let folder = try Samples.idxFolder(train: 12)
    let images = try Dataset(DatasetRequest(name: "mnist", path: folder.path)).train
    let sheet = ContactSheet.draw(images)
    // Images of 5×4, so 10×8; gaps of 2 around each.
    #expect(sheet.width == 10 * 10 + 2 && sheet.height == 10 * 12 + 2 && sheet.channels == 1)
    // Label 3: images 0 and 10, in row 3.
    for (column, image) in [0, 10].enumerated() {
      for y in 0..<10 {
        for x in 0..<8 {
          let value = sheet.values[(2 + 3 * 12 + y) * sheet.width + 2 + column * 10 + x]
          #expect(value == Samples.pixel(image, y / 2 * 4 + x / 2))
        }
      }
    }
    #expect(sheet.values[(2 + 3 * 12) * sheet.width + 2 + 2 * 10] == 255, "there is no third")
  }
}
