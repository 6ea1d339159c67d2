/// CIFAR-100 in its binary version: each record has a coarse label, one of 20, and a fine one, one of 100.
enum CIFAR100 {
  static let fine = CIFAR(title: "CIFAR-100", classNames: fineNames, labels: (2, 1))
  static let coarse = CIFAR(title: "CIFAR-100", classNames: coarseNames, labels: (2, 0))

  /// The files of the two parts: by default `train.bin` and `test.bin`.
  static func files(_ request: DatasetRequest) throws(DatasetError) -> (train: [String], test: [String]) {
    let folder = try request.folder()
    func part(_ given: [String]?, _ name: String) throws(DatasetError) -> [String] {
      if let files = try request.files(given, field: "dataset.\(name)", in: folder) { return files }
      let file = folder.file("\(name).bin")
      guard folder.exists(file) else {
        throw DatasetError(.missing, "Folder \(folder.path) has no \(name).bin; it needs that, or dataset.\(name).")
      }
      return [file]
    }
    return (try part(request.trainFiles, "train"), try part(request.testFiles, "test"))
  }

  private static let coarseNames = [
    "aquatic mammals", "fish", "flowers", "food containers", "fruit and vegetables", "household electrical devices",
    "household furniture", "insects", "large carnivores", "large man-made outdoor things",
    "large natural outdoor scenes", "large omnivores and herbivores", "medium-sized mammals",
    "non-insect invertebrates", "people", "reptiles", "small mammals", "trees", "vehicles 1", "vehicles 2",
  ]

  private static let fineNames = [
    "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy",
    "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock",
    "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest",
    "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn mower", "leopard", "lion", "lizard",
    "lobster", "man", "maple tree", "motorcycle", "mountain", "mouse", "mushroom", "oak tree", "orange", "orchid",
    "otter", "palm tree", "pear", "pickup truck", "pine tree", "plain", "plate", "poppy", "porcupine", "possum",
    "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper",
    "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank", "telephone",
    "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow tree", "wolf",
    "woman", "worm",
  ]
}
