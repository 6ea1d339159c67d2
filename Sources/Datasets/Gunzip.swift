import CZlib

/// Inflates gzip bytes piece by piece, never more than fit into the caller's buffer.
@safe struct Gunzip: ~Copyable {
  private let source: ByteRegion
  private let path: String
  private let stream: UnsafeMutablePointer<z_stream>
  private var hasEnded = false

  /// The maximum compression ratio of a deflate stream.
  static let greatestRatio = 1032

  static func isCompressed(_ region: ByteRegion) -> Bool {
    unsafe region.count > 2 && region.start[0] == 0x1F && region.start[1] == 0x8B
  }

  /// - Parameter path: where `source` comes from, for error messages.
  init(_ source: ByteRegion, path: String) {
    self.source = source
    self.path = path
    unsafe stream = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // A window of 15 bits; adding 16 selects the gzip format.
    let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: \(status)")
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.start)
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Inflates until `room` is full or the last member has ended.
  /// - Returns: the bytes written; fewer than the room only at the end.
  mutating func read(into room: UnsafeMutableBufferPointer<UInt8>) throws(DatasetError) -> Int {
    guard let base = room.baseAddress else { return 0 }
    var written = 0
    while written < room.count, !hasEnded {
      let consumed = unsafe source.start.distance(to: UnsafePointer(stream.pointee.next_in))
      let input = min(source.count - consumed, Int(Int32.max))
      let space = min(room.count - written, Int(Int32.max))
      unsafe stream.pointee.avail_in = UInt32(input)
      unsafe stream.pointee.next_out = base + written
      unsafe stream.pointee.avail_out = UInt32(space)
      let status = unsafe inflate(stream, Z_NO_FLUSH)
      written += unsafe space - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK: continue
      case Z_STREAM_END: hasEnded = try !startNextMember()
      case Z_BUF_ERROR: throw DatasetError(.content, "Gzip file \(path) is truncated after \(source.count) bytes.")
      default: throw DatasetError(.content, "Gzip file \(path) is damaged; its checksum or structure is wrong.")
      }
    }
    return written
  }

  /// A gzip file may consist of several concatenated members.
  private mutating func startNextMember() throws(DatasetError) -> Bool {
    guard unsafe UnsafePointer(stream.pointee.next_in) < source.start + source.count else { return false }
    unsafe inflateReset(stream)
    return true
  }
}
