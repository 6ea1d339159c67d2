/// Which images, and in which order they come.
package struct DatasetSpec: Hashable, Sendable {
  package var name = Name.glyphs  // needs no files
  /// Folder of the files. Not part of the identity: the same files may lie elsewhere on another machine.
  package var path: String?
  package var train: [String] = []  // file names in `path`; empty: the usual ones
  package var test: [String] = []
  package var limit = 0  // first training images to use; 0 = all
  package var shuffle = true  // a new permutation each epoch
  package var augment = Augmentation.none  // the figures of the README are without

  package init() {}

  package enum Name: String, SpecChoice {
    case glyphs
    case cifar10 = "cifar-10"
    case mnist
    case fashionMNIST = "fashion-mnist"
    case kmnist
    case cifar100 = "cifar-100"
    case cifar100Coarse = "cifar-100-coarse"  // its 20 classes of five each
    case idx  // any set in the files of MNIST, such as EMNIST
    case numpy

    /// Drawn by the program, so it has no files.
    package var isEmbedded: Bool { self == .glyphs }
  }

  /// Random mirror image; random shift by up to 4 pixels (padded with zeros); both.
  package enum Augmentation: String, SpecChoice {
    case none, flip, crop
    case cropAndFlip = "crop+flip"
  }
}
