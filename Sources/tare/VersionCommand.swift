import ArgumentParser
import Training

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.", discussion: "Writes one line, such as: tare 0.1.0")

  func run() throws { try print("tare \(Version.text)") }
}
