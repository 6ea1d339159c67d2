/// Why a role or a run ended: one sentence and an exit code.
package struct RunError: ExitCoded, Hashable, Sendable {
  package let exitCode: Int32
  package let description: String

  package init(_ exitCode: Int32, _ description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// Wraps any error, with its exit code; an error without one is an internal error.
  package init(_ error: any Error) {
    let coded = error as? any ExitCoded
    self.init(coded?.exitCode ?? ExitCode.software, coded?.description ?? "\(error)")
  }
}
