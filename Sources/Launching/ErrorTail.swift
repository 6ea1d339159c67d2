import Foundation
import Glibc
import Synchronization

/// What a child writes to stderr: passed on to this process's stderr, and its last line kept, which says why the child ended.
///
/// A line of JSON stays as it is.
package final class ErrorTail: Sendable {
  /// For the child; to be closed here once the child has it.
  package let descriptor: Int32
  private let last = Mutex("")
  private let end = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - name: precedes each line.
  ///   - edit: what to pass on and keep in place of a line; `nil` for nothing.
  package init(
    of name: String, editing edit: @escaping @Sendable (String) -> String? = { $0 }
  ) throws(LaunchError) {
    var ends: [Int32] = [-1, -1]
    // A socket pair and not a pipe: close-on-exec is set atomically, so that no other child holds it open.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw LaunchError(name: name, what: "make a channel for messages", number: errno)
    }
    descriptor = ends[1]
    let source = ends[0]
    Thread.detachNewThread { [self] in
      var rest: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe read(source, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        rest += buffer[..<count]
        while let newline = rest.firstIndex(of: 0x0A) {
          take(rest[..<newline], of: name, edit)
          rest.removeSubrange(...newline)
        }
        // A line without end is not kept.
        if rest.count > 1 << 16 { rest.removeAll() }
      }
      if !rest.isEmpty { take(rest[...], of: name, edit) }
      close(source)
      end.signal()
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>, of name: String, _ edit: (String) -> String?) {
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let line = edit(text) else { return }
    let known = LogLine(line)
    if !line.isEmpty { last.withLock { $0 = known?.message ?? line } }
    let bytes =
      if known != nil { Array("\(line)\n".utf8) } else if ProcessLog.isJSON { ProcessLog.json(line, label: name) } else
      {
        Array("\(name): \(line)\n".utf8)
      }
    // Nobody may be reading it any more.
    try? FileHandle.standardError.write(contentsOf: Data(bytes))
  }

  /// Closes this process's end, once the child has its own.
  package func release() { close(descriptor) }

  /// The last line that is not blank; waits up to a second for the rest of the output.
  package func lastLine() -> String {
    _ = end.wait(timeout: .now() + 1)
    return last.withLock { $0 }
  }
}
