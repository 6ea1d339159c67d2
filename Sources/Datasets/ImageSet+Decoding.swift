extension ImageSet {
  /// The images of a CIFAR-10 file of these bytes.
  package init(cifar10 bytes: [UInt8]) throws(DatasetError) {
    self = try CIFAR10.format.read([("images", ByteRegion(copying: bytes, named: "images"))])
  }

  /// The images of a CIFAR-100 file of these bytes, with their fine labels.
  package init(cifar100 bytes: [UInt8]) throws(DatasetError) {
    self = try CIFAR100.fine.read([("images", ByteRegion(copying: bytes, named: "images"))])
  }

  /// The images of two IDX files of these bytes, gzipped or not, with the digits as classes.
  package init(idxImages images: [UInt8], labels: [UInt8]) throws(DatasetError) {
    self = try IDX.read(
      ("images", ByteRegion(copying: images, named: "images")),
      labels: ("labels", ByteRegion(copying: labels, named: "labels")), classNames: IDX.digits)
  }

  /// The images and labels of two .npy files of these bytes.
  package init(npyImages images: [UInt8], labels: [UInt8]) throws(DatasetError) {
    try self.init(
      npyImages: NPYArray(ByteRegion(copying: images, named: "images"), path: "images"),
      labels: NPYArray(ByteRegion(copying: labels, named: "labels"), path: "labels"), classNames: nil)
  }

  /// The arrays `images` and `labels` of a .npz file of these bytes.
  package init(npz bytes: [UInt8]) throws(DatasetError) {
    let file = try ByteRegion(copying: bytes, named: "arrays")
    try self.init(
      npyImages: NPZ.array("images", of: file, path: "arrays"), labels: NPZ.array("labels", of: file, path: "arrays"),
      classNames: nil)
  }
}
