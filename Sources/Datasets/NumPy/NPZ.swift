import LibArchive

/// A .npz file: a zip archive with one .npy file for each array, stored or deflated.
enum NPZ {
  /// The names of the arrays.
  static func names(_ file: ByteRegion, path: String) throws(DatasetError) -> [String] {
    var names: [String] = []
    try members(of: file, path: path) { (name, _) throws(DatasetError) in
      names.append(name)
      return true
    }
    return names
  }

  /// Reads one array into memory.
  static func array(_ name: String, of file: ByteRegion, path: String) throws(DatasetError) -> NPYArray {
    var array: NPYArray?
    let (place, limit) = ("\(path):\(name)", file.count * Gunzip.greatestRatio)
    try members(of: file, path: path) { (found, member) throws(DatasetError) in
      guard found == name else { return true }
      array = try NPYArray(&member, path: place, limit: limit)
      return false
    }
    guard let array else {
      throw DatasetError(.content, "NumPy file \(path) has no array \(name); accepted: one with it.")
    }
    return array
  }

  /// - Parameter body: whether to go on after this member, called by its name without ".npy".
  private static func members(
    of file: ByteRegion, path: String,
    _ body: (_ name: String, inout NPZMember) throws(DatasetError) -> Bool
  ) throws(DatasetError) {
    var member = try NPZMember(file, path: path)
    while let name = try member.next() {
      guard name.hasSuffix(".npy") else { continue }
      guard try body(String(name.dropLast(4)), &member) else { return }
    }
  }
}

/// The present member of a .npz file.
struct NPZMember: ~Copyable {
  private let file: ByteRegion  // holds the bytes that `reader` reads
  private let path: String
  private var reader: ArchiveReader

  init(_ file: ByteRegion, path: String) throws(DatasetError) {
    (self.file, self.path) = (file, path)
    do throws(ArchiveError) { reader = unsafe try ArchiveReader(.zip, bytes: UnsafeRawBufferPointer(file.bytes)) } catch
    {
      throw Self.damaged(path, error)
    }
  }

  /// Goes to the next one; its name.
  mutating func next() throws(DatasetError) -> String? {
    let member: ArchiveReader.Member?
    do throws(ArchiveError) { member = try reader.next() } catch { throw Self.damaged(path, error) }
    guard let member else { return nil }
    // Other methods can ask for far more memory than their bytes.
    guard ["(uncompressed)", "(deflation)"].contains(where: reader.formatName.hasSuffix) else {
      throw DatasetError(
        .content,
        "NumPy file \(path) has member \(member.name) in format \(reader.formatName); accepted: stored and deflated "
          + "members, as numpy.savez and numpy.savez_compressed write them.")
    }
    return member.name
  }

  /// Reads until `room` is full or the member ends.
  mutating func read(into room: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    do throws(ArchiveError) { return unsafe try reader.read(into: room) } catch { throw Self.damaged(path, error) }
  }

  /// The next bytes; fewer than `count` only at the end.
  mutating func bytes(_ count: Int) throws(DatasetError) -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { unsafe room.deallocate() }
    return unsafe Array(room.prefix(try read(into: room)))
  }

  private static func damaged(_ path: String, _ error: ArchiveError) -> DatasetError {
    DatasetError(
      .content,
      "NumPy file \(path) is no readable .npz archive (\(error)); accepted: what numpy.savez and numpy.savez_compressed write."
    )
  }
}
