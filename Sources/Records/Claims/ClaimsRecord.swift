import Foundation

/// `claims.json`: the verdicts of one `tare claims`.
package struct ClaimsRecord: Hashable, Sendable {
  package static let fileName = "claims.json"

  package var verdicts: [Verdict]
  /// The folder with the runs and this record.
  package var folder: String
  /// The setting of the experiments, such as `mnist, mlp, 3 seeds`.
  package var setting: String

  package init(verdicts: [Verdict], folder: String, setting: String) {
    self.verdicts = verdicts
    self.folder = folder
    self.setting = setting
  }

  /// - Returns: `nil` for a folder without one.
  /// - Throws: `RecordError` for a file that this version cannot read.
  package init?(inFolder path: String) throws(RecordError) {
    let file = "\(path)/\(Self.fileName)"
    guard let bytes = FileManager.default.contents(atPath: file) else { return nil }
    guard let record = try? JSONDecoder().decode(Self.self, from: bytes) else {
      throw RecordError(.content, "\(file) is damaged or of another version; accepted: what tare claims writes.")
    }
    self = record
  }

  package var allHold: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.holds) }
}

extension ClaimsRecord: Codable {
  private enum CodingKeys: String, CodingKey { case allHold, claims, folder, setting }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    verdicts = try container.decode([Verdict].self, forKey: .claims)
    folder = try container.decode(String.self, forKey: .folder)
    setting = try container.decode(String.self, forKey: .setting)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(verdicts, forKey: .claims)
    try container.encode(allHold, forKey: .allHold)
    try container.encode(folder, forKey: .folder)
    try container.encode(setting, forKey: .setting)
  }
}
