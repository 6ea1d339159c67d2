import Failures
import Foundation

/// Which data set to open, and from where.
package struct DatasetRequest: Hashable, Sendable, Codable {
  /// One of `Dataset.names`.
  package var name: String
  /// The folder of the files; not used by `glyphs`.
  package var path: String?
  /// Files of the training part, relative to `path`; `nil` selects the data set's standard file names. For the IDX sets
  /// the list is the image file followed by the label file.
  package var trainFiles: [String]?
  /// Files of the test part, likewise.
  package var testFiles: [String]?
  /// Uses only this many training images, from the beginning; the test part is always complete.
  package var limit: Int?

  package init(
    name: String, path: String? = nil, trainFiles: [String]? = nil, testFiles: [String]? = nil, limit: Int? = nil
  ) {
    self.name = name
    self.path = path
    self.trainFiles = trainFiles
    self.testFiles = testFiles
    self.limit = limit
  }

  /// The data folder, checked to exist.
  func folder() throws(DatasetError) -> DataFolder {
    guard let path, !path.isEmpty else {
      throw DatasetError(.request, "dataset.path is not given; data set \(name) needs the folder of its files.")
    }
    guard let folder = DataFolder(path: path) else {
      throw DatasetError(
        .missing, "dataset.path \(path) is not a folder; data set \(name) needs the folder of its files\(remedy(path))."
      )
    }
    return folder
  }

  private func remedy(_ path: String) -> String {
    let published = PublishedDataset.all.map(\.name).first { name == $0 || name == $0 + "-coarse" }
    return published.map { "; \"\(ShellText.command(["tare", "data", "fetch", $0, "--to", path]))\" downloads it" }
      ?? ""
  }

  /// The listed files, checked to exist; `nil` if no list is given.
  func files(_ list: [String]?, field: String, in folder: DataFolder) throws(DatasetError) -> [String]? {
    guard let list else { return nil }
    guard !list.isEmpty else { throw DatasetError(.request, "\(field) is empty; a list of file names is accepted.") }
    let paths = list.map(folder.file)
    for (name, path) in zip(list, paths) where !folder.exists(path) {
      throw DatasetError(.missing, "\(field) names \(name), and there is no file \(path).")
    }
    return paths
  }
}

/// A folder of data files.
struct DataFolder {
  let path: String

  /// `nil` for what is no folder.
  init?(path: String) {
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
      return nil
    }
    self.path = path
  }

  /// The path of `name`, which may also be absolute.
  func file(_ name: String) -> String {
    name.hasPrefix("/") ? name : path.hasSuffix("/") ? path + name : "\(path)/\(name)"
  }

  func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: file) }

  /// Of what it holds, sorted; none for a folder that cannot be read.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
