package import Parameters

/// What a run needs to know about a data set before loading any image.
package struct DatasetSummary: Hashable, Sendable, Codable {
  package let shape: ImageShape
  package let classNames: [String]
  package let trainCount: Int
  package let testCount: Int

  /// Upper limit on the images of a part: far more than any data set has, and far from overflow.
  private static let mostImages = 1 << 32

  /// - Throws: for a part that is empty or has more than `mostImages` images.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    shape = try container.decode(ImageShape.self, forKey: .shape)
    classNames = try container.decode([String].self, forKey: .classNames)
    trainCount = try container.decode(Int.self, forKey: .trainCount)
    testCount = try container.decode(Int.self, forKey: .testCount)
    for count in [trainCount, testCount] where !(1...Self.mostImages).contains(count) {
      throw DatasetError(.content, "A data set has a part of \(count) images; 1 to \(Self.mostImages) are accepted.")
    }
  }

  private init(shape: ImageShape, classNames: [String], trainCount: Int, testCount: Int) {
    self.shape = shape
    self.classNames = classNames
    self.trainCount = trainCount
    self.testCount = testCount
  }

  package init(_ dataset: Dataset) {
    self.init(
      shape: dataset.train.shape, classNames: dataset.train.classNames, trainCount: dataset.train.count,
      testCount: dataset.test.count)
  }

  /// Checks the data set that `request` names and releases its images again; glyphs are not even drawn.
  package init(_ request: DatasetRequest) throws(DatasetError) {
    guard case .glyphs = try Dataset.Source(request) else {
      self.init(try Dataset(request))
      return
    }
    let limit = request.limit ?? .max
    self.init(
      shape: Glyphs.shape, classNames: Glyphs.classNames, trainCount: min(limit, Glyphs.trainCount),
      testCount: Glyphs.testCount)
  }
}
