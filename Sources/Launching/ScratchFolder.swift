import Failures
import Foundation
import Glibc

/// A short-named folder that only we can enter, for a run's sockets.
package struct ScratchFolder: Sendable {
  package let path: String

  /// Makes a new one with mode 0700 below TMPDIR, or below /tmp where that is not set or too long: the path of a socket
  /// has to be shorter than 100 bytes.
  package init() throws(ScratchError) {
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let parent = (1...64).contains(wanted.utf8.count) ? wanted : "/tmp"
    var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ScratchError(parent: parent, number: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package func remove() { Self.remove(path) }

  /// Removes a folder that this type made; its name says so.
  static func remove(_ path: String) {
    guard let slash = path.lastIndex(of: "/"), path[slash...].hasPrefix("/" + prefix) else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  private static let prefix = "tare-"
}

/// Why there is no scratch folder.
package struct ScratchError: ExitCoded {
  let parent: String
  let number: Int32
  package var exitCode: Int32 { ExitCode.ioError }
  package var description: String {
    unsafe "can't make a folder for sockets in \(parent): \(String(cString: strerror(number)))"
  }
}
