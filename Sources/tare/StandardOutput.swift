import Failures
import Foundation
import Terminal

/// Writes to stdout, which carries the result of a command.
///
/// It hides Swift's own `print` in this module, which drops the error of a full disk or a closed pipe: a command whose result
/// was not written must not exit with 0. On a terminal, control characters in names are shown and not obeyed.
func print(_ text: String, terminator: String = "\n") throws(OutputError) {
  let shown = isatty(1) == 1 ? text.printable(keepingLines: true) : text
  var rest = Array((shown + terminator).utf8)[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
    guard count >= 0 || errno == EINTR else { throw OutputError(number: errno) }
    rest = rest.dropFirst(max(count, 0))
  }
}

/// The result could not be written.
struct OutputError: ExitCoded {
  let number: Int32

  /// Whoever reads the pipe has what it wanted, as `head` does; nobody needs to be told.
  var isQuiet: Bool { number == EPIPE }
  var exitCode: Int32 { ExitCode.ioError }
  var description: String { unsafe "can't write the result to stdout: \(String(cString: strerror(number)))" }
}

/// Stdin, stdout and stderr of this process.
enum StandardStreams {
  /// Opens those that are closed at the null device: otherwise the next file that is opened takes their number, and what is
  /// meant for people is written into it. To be called before anything else.
  static func open() throws(RunError) {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number, which is this one.
      guard unsafe Foundation.open("/dev/null", O_RDWR) == descriptor else {
        throw RunError(ExitCode.ioError, "can't open /dev/null in place of a closed stdin, stdout or stderr")
      }
    }
  }
}
