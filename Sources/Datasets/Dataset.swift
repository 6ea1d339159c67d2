/// A training part and a test part with images of the same shape.
package struct Dataset: Sendable {
  package static let names = [
    "glyphs", "cifar-10", "mnist", "fashion-mnist", "kmnist", "cifar-100", "cifar-100-coarse", "idx", "numpy",
  ]

  package let name: String
  package let train: ImageSet
  package let test: ImageSet
  /// The files that were read, training part first; none for `glyphs`.
  package let files: [String]
  /// Of the files that hold images, indices into `files`: those of the training part, and those of the test part.
  let imageFiles: (train: [Int], test: [Int])

  /// Opens what `request` names. CIFAR, plain IDX and .npy files are mapped; compressed ones are inflated and glyphs drawn
  /// into memory.
  /// - Throws: `DatasetError` for a missing file or one whose content is not what its format says.
  package init(_ request: DatasetRequest) throws(DatasetError) {
    let source = try Source(request)
    let (train, test) = try source.parts(limit: request.limit)
    guard train.shape == test.shape else {
      throw DatasetError(
        .content,
        "Data set \(request.name) has training images of \(train.shape) and test images of \(test.shape); "
          + "they must be equal.")
    }
    name = request.name
    self.train = train.prefix(request.limit)
    self.test = test
    files = source.files
    imageFiles = source.imageFiles
  }

  /// Where the images come from, after the request has been validated.
  enum Source {
    case glyphs
    case cifar(CIFAR, train: [String], test: [String])
    /// Without `classNames`, the labels of the training part say how many classes there are.
    case idx(train: [String], test: [String], classNames: [String]?)
    case numpy(train: NumPyPart, test: NumPyPart)

    init(_ request: DatasetRequest) throws(DatasetError) {
      if let limit = request.limit, limit < 1 {
        throw DatasetError(.request, "dataset.limit is \(limit); at least 1 is accepted.")
      }
      switch request.name {
      case "glyphs":
        guard request.trainFiles == nil, request.testFiles == nil else {
          throw DatasetError(.request, "dataset.train and dataset.test name files; data set glyphs has none.")
        }
        self = .glyphs
      case "cifar-10":
        let (train, test) = try CIFAR10.files(request)
        self = .cifar(CIFAR10.format, train: train, test: test)
      case "cifar-100", "cifar-100-coarse":
        let (train, test) = try CIFAR100.files(request)
        self = .cifar(request.name == "cifar-100" ? CIFAR100.fine : CIFAR100.coarse, train: train, test: test)
      case "mnist", "fashion-mnist", "kmnist", "idx":
        let (train, test) = try IDX.files(request)
        self = .idx(train: train, test: test, classNames: IDX.classNames(of: request.name))
      case "numpy":
        let (train, test) = try NumPyPart.parts(of: request)
        self = .numpy(train: train, test: test)
      default:
        throw DatasetError(
          .request, "dataset.name is \"\(request.name)\"; accepted are \(Dataset.names.joined(separator: ", ")).")
      }
    }

    var files: [String] {
      switch self {
      case .glyphs: []
      case .cifar(_, let train, let test), .idx(let train, let test, _): train + test
      case .numpy(let train, let test): train.files + test.files.filter { !train.files.contains($0) }
      }
    }

    /// Label files are no images, those of two parts may be equal; and so may be what holds both parts.
    var imageFiles: (train: [Int], test: [Int]) {
      switch self {
      case .glyphs: ([], [])
      case .cifar(_, let train, let test): (Array(train.indices), test.indices.map { $0 + train.count })
      case .idx(let train, _, _): ([0], [train.count])
      case .numpy(let train, let test):
        (train.isAlone ? [0] : [], test.isAlone ? [files.firstIndex(of: test.files[0])].compactMap { $0 } : [])
      }
    }

    func parts(limit: Int?) throws(DatasetError) -> (train: ImageSet, test: ImageSet) {
      switch self {
      case .glyphs:
        let glyphs = Glyphs(seed: Glyphs.standardSeed)
        let limit = limit ?? .max
        return (
          try glyphs.images(min(limit, Glyphs.trainCount), of: .train),
          try glyphs.images(Glyphs.testCount, of: .test)
        )
      case .cifar(let format, let train, let test): return (try format.read(train), try format.read(test))
      case .idx(let train, let test, let names):
        let images = try IDX.read(train, classNames: names)
        return (images, try IDX.read(test, classNames: images.classNames))
      case .numpy(let train, let test):
        let images = try train.read()
        return (images, try test.read(classNames: images.classNames))
      }
    }
  }
}
