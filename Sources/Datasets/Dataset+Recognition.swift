extension Dataset {
  /// The name of the data set whose usual files the folder holds. The sets that share MNIST's file names are told apart by
  /// the published checksum of the test labels; any other such set is `idx`.
  package static func name(ofFolder path: String) throws(DatasetError) -> String {
    guard let folder = DataFolder(path: path) else {
      throw DatasetError(
        .missing,
        "dataset.path \(path) is not a folder; the folder of a data set's files is accepted, and "
          + "\"tare data fetch --list\" says what can be downloaded.")
    }
    let names = folder.names
    if names.contains(where: { $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin") }) { return "cifar-10" }
    if names.contains("train.bin"), names.contains("test.bin") { return "cifar-100" }
    if names.contains(where: { $0.contains("-images-idx3-ubyte") }) { return try nameOfIDX(folder) }
    if names.contains(where: { $0.hasSuffix(".npy") || $0.hasSuffix(".npz") }) { return "numpy" }
    throw DatasetError(
      .missing,
      "Folder \(path) has no files of a known data set; accepted: data_batch_1.bin and others of CIFAR-10, train.bin and "
        + "test.bin of CIFAR-100, the four files of MNIST, or NumPy's .npy and .npz files.")
  }

  private static func nameOfIDX(_ folder: DataFolder) throws(DatasetError) -> String {
    let labels = "t10k-labels-idx1-ubyte"
    for file in [labels, labels + ".gz"].map(folder.file) where folder.exists(file) {
      for name in ["mnist", "fashion-mnist", "kmnist"] where try record(file, dataset: name).checksum == .verified {
        return name
      }
    }
    return "idx"
  }
}
