/// An error that a command can end with: `description` is the one sentence that a user reads, `exitCode` the exit
/// status of the process.
package protocol ExitCoded: Error, CustomStringConvertible {
  /// One of `ExitCode`.
  var exitCode: Int32 { get }
}
