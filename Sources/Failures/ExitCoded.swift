/// An error that a command can end with: `description` is the one sentence that a user reads, `exitCode` what the process
/// returns.
package protocol ExitCoded: Error, CustomStringConvertible {
  /// One of `ExitCode`.
  var exitCode: Int32 { get }
}
