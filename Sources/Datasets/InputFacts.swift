/// What somebody needs to feed a trained network: the images that it was made for, and how bytes become inputs.
package struct InputFacts: Hashable, Sendable, Codable {
  package let images: DatasetSummary
  package let standardization: Standardization

  package init(_ images: DatasetSummary, _ standardization: Standardization) {
    self.images = images
    self.standardization = standardization
  }

  package init(_ dataset: Dataset) {
    self.init(DatasetSummary(dataset), Standardization(of: dataset.train))
  }
}
