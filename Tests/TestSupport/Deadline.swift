import Foundation

/// How long a test waits before it calls something hung. A deadline bounds a hang and asserts no speed: on a machine that
/// is six times slower every test that passes still passes. `TARE_DEADLINES` stretches all of them by a factor.
package enum Deadline {
  private static let factor =
    ProcessInfo.processInfo.environment["TARE_DEADLINES"].flatMap(Double.init).map { max($0, 1) } ?? 1

  /// Seconds until one event arrives: a message, a line of output, the end of a process that has been killed.
  package static let event = 120 * factor
  /// Seconds until a process has done its work and ended.
  package static let process = 600 * factor
  /// Seconds until a browser has run a page's scripts.
  package static let browser = 600 * factor
}

extension Duration {
  /// See `Deadline.event`.
  package static var eventDeadline: Duration { .seconds(Deadline.event) }
}
