import Failures
import Foundation
import Glibc

/// A folder with a short path, accessible only to its owner, for a run's sockets.
package struct ScratchFolder: Sendable {
  package let path: String

  /// Creates a new folder with mode 0700 in TMPDIR, or in /tmp if TMPDIR is not set or too long: the path of a socket
  /// must be shorter than 100 bytes.
  package init() throws(ScratchError) {
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let parent = (1...64).contains(wanted.utf8.count) ? wanted : "/tmp"
    var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ScratchError(parent: parent, number: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package func remove() { Self.remove(path) }

  /// Removes a folder that this type created, recognized by its name.
  static func remove(_ path: String) {
    guard let slash = path.lastIndex(of: "/"), path[slash...].hasPrefix("/" + prefix) else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  private static let prefix = "tare-"
}

/// Why a scratch folder could not be created.
package struct ScratchError: ExitCoded {
  let parent: String
  let number: Int32
  package var exitCode: Int32 { ExitCode.ioError }
  package var description: String {
    unsafe "can't make a folder for sockets in \(parent): \(String(cString: strerror(number)))"
  }
}
