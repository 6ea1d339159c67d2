import Parameters

/// IDX files, gzipped or not: big-endian words (magic, counts), then one byte per element.
///
/// - Source: LeCun, Cortes, Burges, the MNIST database; Xiao et al. 2017, arXiv:1708.07747 for Fashion-MNIST; Clanuwat et
///   al. 2018, arXiv:1812.01718 for KMNIST; Cohen et al. 2017, arXiv:1702.05373 for EMNIST.
enum IDX {
  static let digits = (0...9).map(String.init)
  static let garments = [
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
  ]
  static let hiragana = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]

  /// The classes of a named set; `nil` for data set `idx`, whose labels have no names.
  static func classNames(of dataset: String) -> [String]? {
    ["mnist": digits, "fashion-mnist": garments, "kmnist": hiragana][dataset]
  }

  /// The image file and the label file of each part.
  static func files(_ request: DatasetRequest) throws(DatasetError) -> (train: [String], test: [String]) {
    let folder = try request.folder()
    return (
      try pair(request, request.trainFiles, field: "dataset.train", prefixes: ["train"], in: folder),
      try pair(request, request.testFiles, field: "dataset.test", prefixes: ["t10k", "test"], in: folder)
    )
  }

  private static func pair(
    _ request: DatasetRequest, _ list: [String]?, field: String, prefixes: [String], in folder: DataFolder
  ) throws(DatasetError) -> [String] {
    if let files = try request.files(list, field: field, in: folder) {
      guard files.count == 2 else {
        throw DatasetError(
          .request, "\(field) lists \(files.count) files; data set \(request.name) accepts two, images and labels.")
      }
      return files
    }
    let beginnings =
      try classNames(of: request.name) != nil ? Array(prefixes.prefix(1)) : beginnings(prefixes, field, folder)
    var files: [String] = []
    for suffix in suffixes {
      let name = beginnings[0] + suffix
      guard let file = [folder.file(name), folder.file(name + ".gz")].first(where: folder.exists) else {
        throw DatasetError(.missing, "Folder \(folder.path) has neither \(name) nor \(name).gz.")
      }
      files.append(file)
    }
    return files
  }

  private static let suffixes = ["-images-idx3-ubyte", "-labels-idx1-ubyte"]

  /// How the names of the part's files begin, which may be more than the usual word: the files of EMNIST begin with
  /// "emnist-letters-train", for one.
  private static func beginnings(
    _ prefixes: [String], _ field: String, _ folder: DataFolder
  ) throws(DatasetError) -> [String] {
    let images = folder.names.map { $0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0 }.filter {
      $0.hasSuffix(suffixes[0])
    }
    let found = Set(images.map { String($0.dropLast(suffixes[0].count)) }).sorted().filter { beginning in
      prefixes.contains { beginning == $0 || beginning.hasSuffix("-" + $0) }
    }
    guard found.count < 2 else {
      throw DatasetError(
        .request,
        "Folder \(folder.path) has \(found.map { $0 + suffixes[0] }.joined(separator: ", ")); \(field) must list the image file "
          + "and the label file of one.")
    }
    return found.isEmpty ? prefixes : found
  }

  /// - Parameter files: the image file and the label file.
  static func read(_ files: [String], classNames: [String]?) throws(DatasetError) -> ImageSet {
    try read(
      (files[0], ByteRegion(mapping: files[0])), labels: (files[1], ByteRegion(mapping: files[1])),
      classNames: classNames)
  }

  /// - Parameters:
  ///   - imageFile: its bytes, and its name for messages.
  ///   - labelFile: likewise.
  ///   - classNames: `nil` for as many classes as there are labels.
  static func read(
    _ imageFile: (path: String, region: ByteRegion), labels labelFile: (path: String, region: ByteRegion),
    classNames: [String]?
  ) throws(DatasetError) -> ImageSet {
    let images = try IDXFile(imageFile.region, path: imageFile.path, magic: 2051, dimensions: 3)
    let labels = try IDXFile(labelFile.region, path: labelFile.path, magic: 2049, dimensions: 1)
    let count = images.extents[0]
    guard labels.extents[0] == count else {
      throw DatasetError(
        .content,
        "\(imageFile.path) counts \(count) images and \(labelFile.path) \(labels.extents[0]) labels; "
          + "they must be equal.")
    }
    let values = unsafe Array(labels.region.bytes[labels.offset...])
    let classNames = classNames ?? ImageSet.classNames(of: values)
    if let index = values.firstIndex(where: { $0 >= classNames.count }) {
      throw DatasetError(
        .content,
        "IDX file \(labelFile.path) has label \(values[index]) at \(index); 0 to \(classNames.count - 1) are accepted.")
    }
    let shape = ImageShape(channels: 1, height: images.extents[1], width: images.extents[2])
    let segment = ImageSet.Segment(region: images.region, offset: images.offset, stride: shape.count, count: count)
    return ImageSet(shape: shape, classNames: classNames, labels: values, segments: [segment])
  }
}

/// One IDX file whose header has been checked against its length.
private struct IDXFile {
  let region: ByteRegion
  /// Where the elements begin.
  let offset: Int
  let extents: [Int]

  init(_ file: ByteRegion, path: String, magic: Int, dimensions: Int) throws(DatasetError) {
    let offset = 4 * (1 + dimensions)
    if Gunzip.isCompressed(file) {
      var gunzip = Gunzip(file, path: path)
      let header = try unsafe ByteRegion(count: offset) { (room) throws(DatasetError) in
        guard unsafe try gunzip.read(into: room) == offset else { throw Self.short(path, "has no whole header") }
      }
      extents = try Self.extents(header, path: path, magic: magic, dimensions: dimensions)
      let length = extents.reduce(1, *)
      guard length / Gunzip.greatestRatio <= file.count else {
        throw Self.short(path, "is too small for the \(length) elements of its header")
      }
      region = try unsafe ByteRegion(count: length) { (room) throws(DatasetError) in
        let found = unsafe try gunzip.read(into: room)
        guard found == length else { throw Self.short(path, "has \(found) elements, its header says \(length)") }
      }
      _ = try unsafe ByteRegion(count: 1) { (room) throws(DatasetError) in
        unsafe room.initialize(repeating: 0)
        guard unsafe try gunzip.read(into: room) == 0 else {
          throw DatasetError(.content, "IDX file \(path) has more elements than the \(length) of its header.")
        }
      }
      self.offset = 0
    } else {
      guard file.count >= offset else { throw Self.short(path, "has no whole header") }
      extents = try Self.extents(file, path: path, magic: magic, dimensions: dimensions)
      let length = extents.reduce(1, *)
      guard file.count == offset + length else {
        throw DatasetError(
          .content, "IDX file \(path) has \(file.count) bytes; its header says \(offset) + \(length).")
      }
      region = file
      self.offset = offset
    }
  }

  private static func short(_ path: String, _ what: String) -> DatasetError {
    DatasetError(.content, "IDX file \(path) \(what); it is truncated or of another kind.")
  }

  private static func extents(
    _ header: ByteRegion, path: String, magic: Int, dimensions: Int
  ) throws(DatasetError) -> [Int] {
    let words = (0...dimensions).map { word in
      unsafe header.bytes[(4 * word)..<(4 * word + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard words[0] == magic else {
      throw DatasetError(.content, "IDX file \(path) begins with magic number \(words[0]); \(magic) is accepted.")
    }
    guard words[1] > 0 else {
      throw DatasetError(.content, "IDX file \(path) counts 0 elements; at least 1 is accepted.")
    }
    for extent in words.dropFirst(2) where !(1...1024).contains(extent) {
      throw DatasetError(.content, "IDX file \(path) has images with side \(extent); 1 to 1024 is accepted.")
    }
    return Array(words.dropFirst())
  }
}
