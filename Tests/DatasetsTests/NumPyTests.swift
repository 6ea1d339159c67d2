import Datasets
import Parameters
import TestSupport
import Testing

@Suite struct NumPyTests {
  private static func pixels(_ count: Int, _ size: Int) -> [UInt8] {
    (0..<count).flatMap { record in (0..<size).map { Samples.pixel(record, $0) } }
  }

  private static func labels(_ count: Int) -> [UInt8] { (0..<count).map(Samples.label) }

  /// A folder of the usual names with 5 training and 2 test images of 4×3×6 bytes, in an order of extents.
  private func folder(_ extents: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (part, count) in [("train", 5), ("test", 2)] {
      let images = NPYFiles.npy("|u1", "(\(count), \(extents))", Self.pixels(count, 72))
      try folder.write(images, to: "\(part)_images.npy")
      try folder.write(NPYFiles.npy("|u1", "(\(count),)", Self.labels(count)), to: "\(part)_labels.npy")
    }
    return folder
  }

  private func open(_ folder: TemporaryFolder) throws -> Dataset {
    try Dataset(DatasetRequest(name: "numpy", path: folder.path))
  }

  @Test("channels are told by being 1 or 3, wherever they are")
  func layouts() throws {
    for (extents, shape) in [
      ("4, 18", ImageShape(channels: 1, height: 4, width: 18)),
      ("3, 4, 6", ImageShape(channels: 3, height: 4, width: 6)),
      ("1, 12, 6", ImageShape(channels: 1, height: 12, width: 6)),
      ("12, 6, 1", ImageShape(channels: 1, height: 12, width: 6)),
    ] {
      let dataset = try open(folder(extents))
      #expect(dataset.train.shape == shape && dataset.train.labels == Self.labels(5) && dataset.test.count == 2)
      for index in 0..<5 { #expect(dataset.train.bytes(of: index) == (0..<72).map { Samples.pixel(index, $0) }) }
      // The greatest training label is 9: 3, 0, 7, 4, 1 have 8 classes.
      #expect(dataset.train.classNames == (0..<8).map(String.init))
    }
    let last = try open(folder("4, 6, 3")).train
    #expect(last.shape == ImageShape(channels: 3, height: 4, width: 6))
    for channel in 0..<3 {
      for place in 0..<24 {
        #expect(last.bytes(of: 4)[channel * 24 + place] == Samples.pixel(4, place * 3 + channel))
      }
    }
  }

  @Test("one archive for each part, or one for both with Keras' names, stored or deflated, with sizes of 64 bits or 32")
  func archives() throws {
    func members(_ images: String, _ labels: String, _ count: Int) -> [(String, [UInt8])] {
      [
        ("\(images).npy", NPYFiles.npy("|u1", "(\(count), 4, 18)", Self.pixels(count, 72), version: 2)),
        ("\(labels).npy", NPYFiles.npy("|u1", "(\(count), 1)", Self.labels(count), version: 3)),
      ]
    }
    for (deflated, zip64) in [(false, false), (true, false), (false, true), (true, true)] {
      let folder = try TemporaryFolder()
      func write(_ members: [(String, [UInt8])], to name: String) throws {
        try folder.write(NPYFiles.zip(members, deflated: deflated, zip64: zip64), to: name)
      }
      let both = members("x_train", "y_train", 5) + members("x_test", "y_test", 2)
      try write(both + [("notes.txt", [1])], to: "digits.npz")
      let together = try open(folder)
      #expect(together.files == [folder.file("digits.npz")])
      #expect(try together.verify().map(\.checksum) == [.unknown])
      try write(members("images", "labels", 5), to: "train.npz")
      try write(members("images", "labels", 2), to: "test.npz")
      let apart = try open(folder)
      #expect(apart.files == [folder.file("train.npz"), folder.file("test.npz")])
      for dataset in [together, apart] {
        #expect(dataset.train.labels == Self.labels(5) && dataset.test.labels == Self.labels(2))
        #expect(dataset.train.bytes(of: 4) == (0..<72).map { Samples.pixel(4, $0) })
      }
      // The same images for both parts.
      let request = DatasetRequest(name: "numpy", path: folder.path, testFiles: ["train.npz"])
      let error = #expect(throws: DatasetError.self) { try Dataset(request).verify() }
      #expect(error?.description.hasPrefix("Test file \(folder.file("train.npz")) has the same content") == true)
    }
  }

  @Test("labels of any integer type", arguments: ["|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8"])
  func labelTypes(type: String) throws {
    let size = Int(type.suffix(1)) ?? 0
    let labels = [3, 0, 100, 7, 1].flatMap { NPYFiles.littleEndian($0, size) }
    let images = try ImageSet(
      npyImages: NPYFiles.npy("|u1", "(5, 4, 4)", Self.pixels(5, 16)), labels: NPYFiles.npy(type, "(5,)", labels))
    #expect(images.labels == [3, 0, 100, 7, 1] && images.classNames.count == 101)
  }

  /// Labels that go with two images of 4×4, or images that go with two labels, and the expected error.
  private static let bad: [(file: [UInt8], isImages: Bool, sentence: String)] = [
    (
      NPYFiles.npy("<f4", "(2, 4, 4)", [UInt8](repeating: 0, count: 128)), true,
      "float32; accepted: uint8, which (255"
    ),
    (NPYFiles.npy("<i2", "(2, 4, 4)", [UInt8](repeating: 0, count: 64)), true, "images of int16; accepted: uint8."),
    (NPYFiles.npy("|u1", "(2, 4, 4)", pixels(2, 16), isFortran: true), true, "Fortran order; accepted: C order"),
    (NPYFiles.npy("|O", "(2, 4, 4)", pixels(2, 16)), true, "Python objects as elements, which are pickled"),
    (NPYFiles.npy("|u1", "(2, 3, 4, 1)", pixels(2, 12)), true, "2×3×4×1, where either the second or the last"),
    (NPYFiles.npy("|u1", "(2, 2, 4, 2)", pixels(2, 16)), true, "2×2×4×2, where either"),
    (NPYFiles.npy("|u1", "(2, 16)", pixels(2, 16)), true, "extents 2×16; accepted: N×H×W"),
    (NPYFiles.npy("|u1", "(0, 4, 4)", []), true, "has 0 images"),
    (NPYFiles.npy("|u1", "(1, 2000, 1)", pixels(1, 2000)), true, "side 2000; accepted: 1 to 1024"),
    (
      NPYFiles.npy("|u1", "(2, 4, 4)", pixels(2, 15)), true,
      "30 bytes of elements, where its header says 32; accepted: a whole array"
    ),
    (NPYFiles.npy("|u1", "(3, 4, 4)", pixels(3, 16)), true, "3 images and labels 2 labels"),
    (NPYFiles.npy("|u1", "(9223372036854775807, 9, 9)", []), true, "its header says more than 2⁶³"),
    (
      [0x93] + Array("NUMPY".utf8) + [4, 0] + [UInt8](repeating: 32, count: 200), true,
      "version 4.0; accepted: 1.0, 2.0 and 3.0"
    ),
    ([0x93] + Array("NUMPY".utf8) + [2, 0, 0, 0, 1, 0], true, "its header has 65536 bytes; accepted: 2 to 10000"),
    (Array("NUMPY".utf8), true, "does not begin as a .npy file does; accepted: what numpy.save writes"),
    ([0x93] + Array("NUM".utf8), true, "ends within its header, after 4 bytes; accepted: a whole array"),
    (Array(NPYFiles.npy("|u1", "(2, 4, 4)", []).prefix(100)), true, "ends within its header, after 100 bytes"),
    (NPYFiles.npy(">i8", "(2,)", [UInt8](repeating: 0, count: 16)), false, "big-endian; accepted: little-endian"),
    (
      NPYFiles.npy("<f8", "(2,)", [UInt8](repeating: 0, count: 16)), false,
      "labels of float64; accepted: an integer type"
    ),
    (NPYFiles.npy("|b1", "(2,)", [0, 1]), false, "labels of bool; accepted: an integer type"),
    (NPYFiles.npy("<c16", "(2,)", [UInt8](repeating: 0, count: 32)), false, "type \"<c16\"; accepted: integers"),
    (NPYFiles.npy("|u1", "(1, 2)", [0, 1]), false, "extents 1×2; accepted: labels of N or N×1"),
    (NPYFiles.npy("|i1", "(2,)", [0, 255]), false, "label -1 at 1; accepted: 0 to 255"),
    (NPYFiles.npy("<u2", "(2,)", [0, 1, 0, 0]), false, "label 256 at 0; accepted: 0 to 255"),
    (NPYFiles.npy("<u8", "(2,)", [UInt8](repeating: 255, count: 16)), false, "label 18446744073709551615 at 0"),
    (NPYFiles.npy("|u1", "(2)", [0, 1]), false, "\")\" in its header; accepted in that place: a comma, as in"),
    (
      NPYFiles.npy(header: "{'shape': (2,)}", [0, 1]), false,
      "lacks descr and fortran_order; accepted: what numpy.save writes"
    ),
    (
      NPYFiles.npy(header: "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", [0, 1]), false,
      "key \"descr\" in its header; accepted in that place: descr, fortran_order and shape, each once"
    ),
    (NPYFiles.npy(header: "{'descr': [('a', '|u1')], }", [0, 1]), false, "records as elements"),
    (NPYFiles.npy(header: "__import__('os')", [0, 1]), false, "\"_\" in its header; accepted in that place: \"{\""),
    (
      NPYFiles.npy(header: "{'shape': (-1,)}", [0, 1]), false,
      "\"-\" in its header; accepted in that place: a whole number"
    ),
  ]

  @Test("what is wrong is said", arguments: bad)
  func refused(file: [UInt8], isImages: Bool, sentence: String) throws {
    let images = NPYFiles.npy("|u1", "(2, 4, 4)", Self.pixels(2, 16))
    let labels = NPYFiles.npy("|u1", "(2,)", [0, 1])
    let error = #expect(throws: DatasetError.self) {
      try ImageSet(npyImages: isImages ? file : images, labels: isImages ? labels : file)
    }
    #expect(error?.code == .content && error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test("a damaged archive, and one without the arrays")
  func damagedArchives() throws {
    let images = ("images.npy", NPYFiles.npy("|u1", "(2, 4, 4)", Self.pixels(2, 16)))
    let labels = ("labels.npy", NPYFiles.npy("|u1", "(2,)", [0, 1]))
    let huge = ("images.npy", NPYFiles.npy("|u1", "(900000, 4, 4)", Self.pixels(2, 16)))
    let short = ("images.npy", NPYFiles.npy("|u1", "(2, 4, 4)", Self.pixels(2, 15)))
    var flipped = NPYFiles.zip([images, labels])
    flipped[190] ^= 1  // a pixel of the second image
    for (bytes, sentence) in [
      (NPYFiles.zip([images]), "arrays has no array labels"), (flipped, "is no readable .npz archive"),
      (NPYFiles.zip([huge, labels]), "arrays:images is too small for the 14400000 bytes of elements"),
      (NPYFiles.zip([short, labels]), "arrays:images has 30 bytes of elements, where its header says 32"),
      (Array("PK".utf8), "is no readable .npz archive"),
    ] {
      let error = #expect(throws: DatasetError.self) { try ImageSet(npz: bytes) }
      #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }
    let folder = try TemporaryFolder()
    #expect(Samples.complaint(DatasetRequest(name: "numpy", path: folder.path))?.code == .missing)
    try folder.write(NPYFiles.zip([images]), to: "train.npz")
    let complaint = Samples.complaint(DatasetRequest(name: "numpy", path: folder.path))
    #expect(
      complaint?.description.contains("has images; accepted for the training part: images and labels, or x_train")
        == true)
  }
}
