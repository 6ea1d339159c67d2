import ArgumentParser

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version, the commit, and the versions of linked libraries.",
    discussion: """
      The first line is the version, such as "tare 0.1.0"; then come the commit, as far as the build was told, and a line for \
      each library that this process has loaded. "tare --version" prints the same.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws { try print(json ? JSONOutput.text(of: VersionReport()) : VersionReport.text) }
}
