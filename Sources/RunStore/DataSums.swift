import Records

/// The checksums that a run's record has of the data that it read.
struct DataSums {
  /// By what they are of: "training images" and "test images", in records of earlier versions "data file 1" and so on.
  let sums: [String: String]

  init(_ record: RunRecord?) {
    var sums: [String: String] = [:]
    for (part, name) in [("train", "training images"), ("test", "test images")] {
      sums[name] = record?.data?[part]?["sha256"]?.text
    }
    if sums.isEmpty, case .array(let files)? = record?.dataFiles {
      for (index, file) in files.enumerated() { sums["data file \(index + 1)"] = file["sha256"]?.text }
    }
    self.sums = sums
  }

  /// Where both have a sum, and not the same, or one has none of a kind that the other has.
  static func parts(differingIn first: DataSums, _ second: DataSums) -> [String] {
    Set(first.sums.keys).union(second.sums.keys).filter { first.sums[$0] != second.sums[$0] }.sorted()
  }
}

extension JSONValue {
  fileprivate subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
}
