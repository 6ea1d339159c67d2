import CZlib

/// Writes gzip members, for inputs in gzip format.
enum Gzip {
  /// `bytes` as one member, at zlib's highest compression level.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    // A window of 15 bits; adding 16 selects the gzip format.
    var status = unsafe deflateInit2_(
      &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start: \(status)")
    defer { unsafe deflateEnd(&stream) }
    var source = bytes
    let capacity = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
    return unsafe source.withUnsafeMutableBufferPointer { source in
      unsafe [UInt8](unsafeUninitializedCapacity: capacity) { room, count in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = room.baseAddress
        unsafe stream.avail_out = UInt32(room.count)
        status = unsafe deflate(&stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "zlib cannot compress: \(status)")
        count = unsafe room.count - Int(stream.avail_out)
      }
    }
  }
}
