/// CIFAR-10 in its binary version.
enum CIFAR10 {
  static let format = CIFAR(
    title: "CIFAR-10",
    classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    labels: (1, 0))

  /// The files of the two parts, as absolute paths or relative to the working directory.
  ///
  /// By default the test part is `test_batch.bin`, or `data_batch_5.bin` where that is missing; the training part is
  /// all remaining batches of the five that exist.
  static func files(_ request: DatasetRequest) throws(DatasetError) -> (train: [String], test: [String]) {
    let folder = try request.folder()
    let batches = (1...5).map { folder.file("data_batch_\($0).bin") }
    let givenTrain = try request.files(request.trainFiles, field: "dataset.train", in: folder)
    let givenTest = try request.files(request.testFiles, field: "dataset.test", in: folder)
    let candidates = [folder.file("test_batch.bin"), batches[4]].filter { !(givenTrain ?? []).contains($0) }
    let test = givenTest ?? candidates.filter(folder.exists).prefix(1).map { $0 }
    guard !test.isEmpty else {
      throw DatasetError(
        .missing,
        "Folder \(folder.path) has no test part: it needs test_batch.bin or data_batch_5.bin, or dataset.test.")
    }
    let train = givenTrain ?? batches.filter { folder.exists($0) && !test.contains($0) }
    guard !train.isEmpty else {
      throw DatasetError(
        .missing,
        "Folder \(folder.path) has no training part: it needs data_batch_1.bin to data_batch_5.bin, "
          + "or dataset.train.")
    }
    return (train, test)
  }
}
