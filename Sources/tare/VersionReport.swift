import Diagnosis
import Training

/// What `tare --version` and `tare version` say.
package struct VersionReport: Encodable {
  let tare = Version.text
  /// `nil` if the build was not told.
  let commit = Commit.name
  /// As this process has loaded them.
  let libraries = Dictionary(uniqueKeysWithValues: LinkedLibrary.all.map { ($0.name, $0.version) })

  /// By which programs are told apart.
  static let firstLine = "tare \(Version.text)"

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tare, forKey: .tare)
    try container.encode(commit, forKey: .commit)
    try container.encode(libraries, forKey: .libraries)
  }

  private enum CodingKeys: CodingKey { case tare, commit, libraries }

  package static var text: String {
    let libraries = LinkedLibrary.all.map { "\($0.name) \($0.version)" }
    return ([firstLine, Commit.name.map { "commit \($0)" } ?? "unknown commit"] + libraries).joined(separator: "\n")
  }
}
