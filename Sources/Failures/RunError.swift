/// Why a role or a run ended: one sentence, and what the process ends with.
package struct RunError: ExitCoded, Hashable, Sendable {
  package let exitCode: Int32
  package let description: String

  package init(_ exitCode: Int32, _ description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// Any error, with the exit code that it carries; one that carries none is a fault of the program.
  package init(_ error: any Error) {
    let coded = error as? any ExitCoded
    self.init(coded?.exitCode ?? ExitCode.software, coded?.description ?? "\(error)")
  }
}
