import Foundation
import Glibc

/// A short-named folder that only we can enter, for a run's sockets.
package struct ScratchFolder: Sendable {
  package let path: String

  /// Makes a new one with mode 0700 below the system's folder for temporary files.
  package init() throws(ScratchError) {
    var template = Array((Self.prefix + "XXXXXX").utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ScratchError(number: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package func remove() { Self.remove(path) }

  /// Removes a folder that this type made, and nothing else.
  static func remove(_ path: String) {
    guard path.hasPrefix(prefix), !path.dropFirst(prefix.count).contains("/") else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  // Socket paths are limited to about 100 bytes, so a long TMPDIR is no use.
  private static let prefix = "/tmp/tare-"
}

/// Why there is no scratch folder.
package struct ScratchError: Error, CustomStringConvertible {
  let number: Int32
  package var description: String {
    unsafe "can't make a folder for sockets in /tmp: \(String(cString: strerror(number)))"
  }
}
