import Datasets
import Specification

extension [[Assignment]] {
  /// Where a folder of data is given and no data set, the one that its files tell, with the least precedence.
  func namingDataset() throws(DatasetError) -> [[Assignment]] {
    let given = joined().filter { $0.value != .null }
    func last(_ path: String) -> Assignment? { given.last { SpecField.known($0.path)?.path == path } }
    guard let folder = last("dataset.path"), last("dataset.name") == nil else { return self }
    let name = try Dataset.name(ofFolder: folder.value.text)
    return [[Assignment(path: "dataset.name", value: .text(name))]] + self
  }
}
