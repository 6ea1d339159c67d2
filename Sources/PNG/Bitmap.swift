import CPNG

/// Pixels row by row, of one channel (gray) or three (red, green, blue), 0 to 255.
package struct Bitmap: Sendable {
  package let width: Int
  package let height: Int
  package let channels: Int
  /// Value c of the pixel at (x, y) is at (y · width + x) · channels + c.
  package var values: [UInt8]

  /// - Parameter value: of every pixel and channel.
  package init(width: Int, height: Int, channels: Int, filledWith value: UInt8) {
    precondition(width > 0 && height > 0 && [1, 3].contains(channels), "gray or colors")
    (self.width, self.height, self.channels) = (width, height, channels)
    values = [UInt8](repeating: value, count: width * height * channels)
  }

  /// The bytes of a PNG file.
  ///
  /// - Source: libpng-manual.txt, the simplified API.
  package var png: [UInt8] {
    var image = unsafe png_image()
    unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
    unsafe (image.width, image.height) = (png_uint_32(width), png_uint_32(height))
    unsafe image.format = png_uint_32(channels == 1 ? 0 : PNG_FORMAT_FLAG_COLOR)
    defer { unsafe png_image_free(&image) }
    // What deflate may need at most, and room for header, checksums and the lengths of chunks.
    var size = values.count + values.count / 100 + 65_536
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, count in
      let isWritten = unsafe png_image_write_to_memory(&image, room.baseAddress, &size, 0, values, 0, nil)
      count = isWritten == 0 ? 0 : size
    }
    // It fails for a bad argument or without memory.
    precondition(!bytes.isEmpty, "libpng writes any bitmap to memory")
    return bytes
  }
}
