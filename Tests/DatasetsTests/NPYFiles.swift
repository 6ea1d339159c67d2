import CZlib

/// NumPy's files, written here from their published formats: NumPy Enhancement Proposal 1, and PKWARE's APPNOTE for zip.
enum NPYFiles {
  /// A .npy file, padded as NumPy pads it.
  static func npy(
    _ type: String, _ extents: String, _ bytes: [UInt8], isFortran: Bool = false, version: UInt8 = 1
  ) -> [UInt8] {
    npy(
      header: "{'descr': '\(type)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(extents), }", bytes,
      version: version)
  }

  static func npy(header: String, _ bytes: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let start = version == 1 ? 10 : 12
    let padding = 63 - (start + header.utf8.count) % 64
    let text = Array((header + String(repeating: " ", count: padding) + "\n").utf8)
    let magic = [0x93] + Array("NUMPY".utf8) + [version, 0]
    return magic + littleEndian(text.count, start - 8) + text + bytes
  }

  static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A zip archive, each member stored or deflated. With `zip64` the local headers carry sizes of 64 bits, as those that
  /// NumPy writes do.
  static func zip(_ members: [(name: String, bytes: [UInt8])], deflated: Bool = false, zip64: Bool = false) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in members {
      let content = deflated ? deflate(bytes) : bytes
      let sum = unsafe Int(crc32(0, bytes, UInt32(bytes.count)))
      let offset = archive.count
      var start = littleEndian(zip64 ? 45 : 20, 2) + littleEndian(0, 2)
      start += littleEndian(deflated ? 8 : 0, 2) + littleEndian(0, 4) + littleEndian(sum, 4)
      let sizes = littleEndian(content.count, 4) + littleEndian(bytes.count, 4)
      var extra: [UInt8] = []
      if zip64 {
        extra += littleEndian(1, 2) + littleEndian(16, 2)
        extra += littleEndian(bytes.count, 8) + littleEndian(content.count, 8)
      }
      archive += littleEndian(0x0403_4b50, 4) + start
      archive += zip64 ? [UInt8](repeating: 0xFF, count: 8) : sizes
      archive += littleEndian(name.utf8.count, 2) + littleEndian(extra.count, 2)
      archive += Array(name.utf8) + extra + content
      directory += littleEndian(0x0201_4b50, 4) + littleEndian(20, 2) + start + sizes
      directory += littleEndian(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12)
      directory += littleEndian(offset, 4) + Array(name.utf8)
    }
    let count = littleEndian(members.count, 2)
    var end = littleEndian(0x0605_4b50, 4) + littleEndian(0, 4) + count + count
    end += littleEndian(directory.count, 4) + littleEndian(archive.count, 4) + littleEndian(0, 2)
    return archive + directory + end
  }

  /// A raw deflate stream: zlib's without its header of 2 bytes and its checksum of 4.
  private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var room = [UInt8](repeating: 0, count: Int(size))
    let status = unsafe compress2(&room, &size, bytes, UInt(bytes.count), 9)
    precondition(status == Z_OK)
    return Array(room[2..<Int(size) - 4])
  }
}
