import Failures

/// The header of a .npy file: a magic string, a version, a length, and a Python dictionary with the type of the elements,
/// their order and the extents.
///
/// - Source: NumPy Enhancement Proposal 1 and numpy.lib.format, versions 1.0 to 3.0.
struct NPYHeader {
  /// Magic, version, and a length of two or four bytes; no header is shorter.
  static let preambleLength = 12
  /// NumPy itself reads no longer ones without being told to.
  private static let greatestLength = 10_000

  let element: NPYElement
  let extents: [Int]

  /// Bytes of the whole header, of which `preamble` are the first `preambleLength`.
  static func length(_ preamble: [UInt8], path: String) throws(DatasetError) -> Int {
    let magic = [0x93] + Array("NUMPY".utf8)
    guard preamble.starts(with: magic.prefix(preamble.count)), !preamble.isEmpty else {
      throw DatasetError(
        .content, "NumPy array \(path) does not begin as a .npy file does; accepted: what numpy.save writes.")
    }
    guard preamble.count == preambleLength else { throw cut(path, after: preamble.count) }
    let (major, minor) = (preamble[6], preamble[7])
    guard (1...3).contains(major), minor == 0 else {
      throw DatasetError(
        .content, "NumPy array \(path) has format version \(major).\(minor); accepted: 1.0, 2.0 and 3.0.")
    }
    let start = major == 1 ? 10 : 12
    let words = preamble[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard (preambleLength - start...greatestLength).contains(words), words > 0 else {
      throw DatasetError(
        .content, "NumPy array \(path) says that its header has \(words) bytes; accepted: 2 to \(greatestLength).")
    }
    return start + words
  }

  /// A file that ends before its elements.
  static func cut(_ path: String, after count: Int) -> DatasetError {
    DatasetError(
      .content,
      "NumPy array \(path) ends within its header, after \(counted(count, "byte")); accepted: a whole array, as numpy.save writes "
        + "it.")
  }

  /// - Parameter header: as many bytes as `length` says.
  init(_ header: [UInt8], path: String) throws(DatasetError) {
    var words = PythonLiteral(header[(header[6] == 1 ? 10 : 12)...], path: path)
    var (element, isFortran, extents): (NPYElement?, Bool?, [Int]?)
    try words.dictionary { (key, words) throws(DatasetError) in
      switch key {
      case "descr" where element == nil:
        guard !words.isAtList else {
          throw DatasetError(
            .content, "NumPy array \(path) has records as elements; accepted: an array of numbers.")
        }
        element = try NPYElement(words.text(), path: path)
      case "fortran_order" where isFortran == nil: isFortran = try words.boolean()
      case "shape" where extents == nil: extents = try words.tuple()
      default: throw words.error("key \"\(key)\"", accepted: "descr, fortran_order and shape, each once")
      }
    }
    guard let element, let isFortran, let extents else {
      let keys = [("descr", element == nil), ("fortran_order", isFortran == nil), ("shape", extents == nil)]
      let missing = keys.filter(\.1).map(\.0)
      throw DatasetError(
        .content,
        "NumPy array \(path) has a header that lacks \(missing.joined(separator: " and ")); accepted: what numpy.save writes."
      )
    }
    guard !isFortran else {
      throw DatasetError(
        .content,
        "NumPy array \(path) is in Fortran order; accepted: C order, which numpy.ascontiguousarray makes of it.")
    }
    (self.element, self.extents) = (element, extents)
  }

  /// Bytes of all elements; `nil` for more than any file has.
  var byteCount: Int? {
    var count = element.byteCount
    for extent in extents {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      guard !overflows else { return nil }
      count = product
    }
    return count
  }
}
