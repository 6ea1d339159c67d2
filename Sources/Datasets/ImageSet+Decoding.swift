extension ImageSet {
  /// The images of a CIFAR-10 file of these bytes.
  package init(cifar10 bytes: [UInt8]) throws(DatasetError) {
    self = try CIFAR10.read([("images", ByteRegion(copying: bytes, named: "images"))])
  }

  /// The images of two IDX files of these bytes, gzipped or not, with the digits as classes.
  package init(idxImages images: [UInt8], labels: [UInt8]) throws(DatasetError) {
    self = try IDX.read(
      ("images", ByteRegion(copying: images, named: "images")),
      labels: ("labels", ByteRegion(copying: labels, named: "labels")), classNames: IDX.digits)
  }
}
