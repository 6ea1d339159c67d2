import LibArchive

/// An array whose header has been checked against its length.
struct NPYArray {
  /// What messages call it.
  let path: String
  let header: NPYHeader
  let region: ByteRegion
  /// Where the elements begin.
  let offset: Int

  /// The array of a .npy file, which stays where it is.
  init(_ file: ByteRegion, path: String) throws(DatasetError) {
    let preamble = unsafe Array(file.bytes.prefix(NPYHeader.preambleLength))
    offset = try NPYHeader.length(preamble, path: path)
    guard file.count >= offset else { throw NPYHeader.cut(path, after: file.count) }
    header = try NPYHeader(unsafe Array(file.bytes.prefix(offset)), path: path)
    guard let length = header.byteCount, file.count - offset == length else {
      throw Self.refusal(
        path, "has \(file.count - offset) bytes of elements, where its header says \(Self.text(header.byteCount))")
    }
    (self.path, region) = (path, file)
  }

  /// A member of a .npz file, read into memory.
  ///
  /// - Parameter limit: bytes of elements that it can have.
  init(_ member: inout NPZMember, path: String, limit: Int) throws(DatasetError) {
    let preamble = try member.bytes(NPYHeader.preambleLength)
    let length = try NPYHeader.length(preamble, path: path)
    let rest = try member.bytes(length - preamble.count)
    guard rest.count == length - preamble.count else {
      throw NPYHeader.cut(path, after: preamble.count + rest.count)
    }
    header = try NPYHeader(preamble + rest, path: path)
    guard let count = header.byteCount, count <= limit else {
      throw Self.refusal(
        path, "is too small for the \(Self.text(header.byteCount)) bytes of elements that its header says")
    }
    region = try unsafe ByteRegion(count: count) { (room) throws(DatasetError) in
      let found = unsafe try member.read(into: UnsafeMutableRawBufferPointer(room))
      guard found == count else {
        throw Self.refusal(path, "has \(found) bytes of elements, where its header says \(count)")
      }
    }
    guard try member.bytes(1).isEmpty else {
      throw Self.refusal(path, "has more than the \(count) bytes of elements that its header says")
    }
    (self.path, offset) = (path, 0)
  }

  var elements: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(rebasing: region.bytes[offset...]) }

  private static func refusal(_ path: String, _ what: String) -> DatasetError {
    DatasetError(.content, "NumPy array \(path) \(what); accepted: a whole array, as numpy.save writes it.")
  }

  private static func text(_ count: Int?) -> String { count.map { "\($0)" } ?? "more than 2⁶³" }
}
