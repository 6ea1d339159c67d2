/// Where the images and labels of a part are: two .npy files, or two arrays of one .npz file.
struct NumPyPart {
  /// The two parts of a data set, by the words that names have for them.
  enum Split: String {
    case train, test

    /// What Keras calls images and labels of the part, where both parts are in one file.
    var arrays: (images: String, labels: String) { ("x_\(rawValue)", "y_\(rawValue)") }
    var field: String { "dataset.\(rawValue)" }
    var words: String { self == .train ? "training" : "test" }
  }

  enum Place {
    case arrays(images: String, labels: String)
    case archive(String, images: String, labels: String)
  }

  let place: Place
  /// Whether its file holds images of this part alone.
  let isAlone: Bool

  /// The parts of `request`, with files that are there.
  static func parts(of request: DatasetRequest) throws(DatasetError) -> (train: NumPyPart, test: NumPyPart) {
    let folder = try request.folder()
    return (
      try NumPyPart(request.files(request.trainFiles, field: "dataset.train", in: folder), .train, in: folder),
      try NumPyPart(request.files(request.testFiles, field: "dataset.test", in: folder), .test, in: folder)
    )
  }

  private init(_ given: [String]?, _ split: Split, in folder: DataFolder) throws(DatasetError) {
    let files: [String]
    if let given { files = given } else { files = try Self.usualFiles(split, in: folder) }
    switch files.count {
    case 1: self = try NumPyPart(archive: files[0], split)
    case 2: (place, isAlone) = (.arrays(images: files[0], labels: files[1]), true)
    default:
      throw DatasetError(
        .request,
        "\(split.field) lists \(files.count) files; data set numpy accepts one .npz, or two .npy, images and labels.")
    }
  }

  private init(archive path: String, _ split: Split) throws(DatasetError) {
    let names = Set(try NPZ.names(ByteRegion(mapping: path), path: path))
    for (images, labels) in [split.arrays, ("images", "labels")] where names.contains(images) && names.contains(labels)
    {
      self.init(place: .archive(path, images: images, labels: labels), isAlone: images == "images")
      return
    }
    let found = names.isEmpty ? "no arrays" : names.sorted().joined(separator: ", ")
    throw DatasetError(
      .content,
      "NumPy file \(path) has \(found); accepted for the \(split.words) part: images and labels, or "
        + "\(split.arrays.images) and \(split.arrays.labels).")
  }

  private init(place: Place, isAlone: Bool) { (self.place, self.isAlone) = (place, isAlone) }

  /// What a folder holds without being asked.
  private static func usualFiles(_ split: Split, in folder: DataFolder) throws(DatasetError) -> [String] {
    let arrays = ["images", "labels"].map { folder.file("\(split.rawValue)_\($0).npy") }
    if arrays.allSatisfy(folder.exists) { return arrays }
    let archive = folder.file("\(split.rawValue).npz")
    if folder.exists(archive) { return [archive] }
    let archives = folder.names.filter { $0.hasSuffix(".npz") }
    if archives.count == 1 { return [folder.file(archives[0])] }
    throw DatasetError(
      .missing,
      "Folder \(folder.path) has no \(split.words) part: it needs \(split.rawValue)_images.npy and "
        + "\(split.rawValue)_labels.npy, or \(split.rawValue).npz, or one .npz file with both parts, or \(split.field)."
    )
  }

  /// That are read for it, the one with the images first.
  var files: [String] {
    switch place {
    case .arrays(let images, let labels): [images, labels]
    case .archive(let path, _, _): [path]
    }
  }

  /// - Parameter classNames: `nil` for as many classes as there are labels.
  func read(classNames: [String]? = nil) throws(DatasetError) -> ImageSet {
    switch place {
    case .arrays(let images, let labels):
      return try ImageSet(
        npyImages: NPYArray(ByteRegion(mapping: images), path: images),
        labels: NPYArray(ByteRegion(mapping: labels), path: labels), classNames: classNames)
    case .archive(let path, let images, let labels):
      let file = try ByteRegion(mapping: path)
      return try ImageSet(
        npyImages: NPZ.array(images, of: file, path: path), labels: NPZ.array(labels, of: file, path: path),
        classNames: classNames)
    }
  }
}

extension ImageSet {
  init(npyImages images: NPYArray, labels: NPYArray, classNames: [String]?) throws(DatasetError) {
    let (shape, segment) = try images.images()
    let values = try labels.labels(classCount: classNames?.count)
    guard values.count == segment.count else {
      throw DatasetError(
        .content,
        "NumPy array \(images.path) has \(segment.count) images and \(labels.path) \(values.count) labels; they must be "
          + "equal.")
    }
    self.init(
      shape: shape, classNames: classNames ?? ImageSet.classNames(of: values), labels: values, segments: [segment])
  }

  /// Numbers, for labels without names: 0 to the greatest of them.
  static func classNames(of labels: [UInt8]) -> [String] { (0...(labels.max() ?? 0)).map(String.init) }
}
