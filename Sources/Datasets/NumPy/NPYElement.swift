/// The type of an array's elements, such as `|u1` or `<i8`: byte order, kind and bytes.
struct NPYElement {
  enum Kind: UInt8 {
    case signed = 0x69  // i
    case unsigned = 0x75  // u
    case float = 0x66  // f
    case boolean = 0x62  // b
  }

  let kind: Kind
  let byteCount: Int

  init(_ text: String, path: String) throws(DatasetError) {
    let bytes = Array(text.utf8)
    guard bytes.count > 1, bytes[1] != UInt8(ascii: "O") else {
      throw DatasetError(
        .content, "NumPy array \(path) has Python objects as elements, which are pickled; accepted: numbers.")
    }
    guard bytes.count == 3, let kind = Kind(rawValue: bytes[1]),
      let size = Int(String(decoding: bytes[2...], as: UTF8.self)),
      [1, 2, 4, 8].contains(size)
    else {
      throw DatasetError(
        .content, "NumPy array \(path) has elements of type \"\(text)\"; accepted: integers of 1, 2, 4 or 8 bytes.")
    }
    switch bytes[0] {
    case UInt8(ascii: "<"): break
    case UInt8(ascii: "|") where size == 1: break
    case UInt8(ascii: ">"):
      throw DatasetError(
        .content,
        "NumPy array \(path) is big-endian; accepted: little-endian, which array.astype(\"<\(text.dropFirst())\") makes "
          + "of it.")
    default:
      throw DatasetError(
        .content, "NumPy array \(path) has elements of type \"\(text)\"; accepted: the byte order <.")
    }
    (self.kind, byteCount) = (kind, size)
  }

  /// As NumPy calls it.
  var name: String {
    switch kind {
    case .signed: "int\(8 * byteCount)"
    case .unsigned: "uint\(8 * byteCount)"
    case .float: "float\(8 * byteCount)"
    case .boolean: "bool"
    }
  }
}
