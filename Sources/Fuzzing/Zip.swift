/// Writes zip archives, for inputs in NumPy's .npz format.
enum Zip {
  /// Deflated members. A gzip member has all that one of zip needs: the stream, its CRC-32 and the size.
  ///
  /// - Source: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
  static func archive(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in members {
      let gzip = Gzip.compress(bytes)
      let stream = gzip[10..<gzip.count - 8]
      let facts =
        littleEndian(20, 2) + littleEndian(0, 2) + littleEndian(8, 2) + littleEndian(0, 4)
        + gzip[(gzip.count - 8)...].prefix(4)
        + littleEndian(stream.count, 4) + littleEndian(bytes.count, 4) + littleEndian(name.utf8.count, 2)
      directory += littleEndian(0x0201_4b50, 4) + littleEndian(20, 2) + facts
      directory += [UInt8](repeating: 0, count: 12) + littleEndian(archive.count, 4) + name.utf8
      archive += littleEndian(0x0403_4b50, 4) + facts + littleEndian(0, 2) + name.utf8 + stream
    }
    let count = littleEndian(members.count, 2)
    let end = littleEndian(0x0605_4b50, 4) + littleEndian(0, 4) + count + count + littleEndian(directory.count, 4)
    return archive + directory + end + littleEndian(archive.count, 4) + littleEndian(0, 2)
  }

  static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
