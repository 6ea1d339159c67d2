package import Coordination
import Foundation

/// The runs that a report is of, and what is said of them.
package struct ReportSource: Sendable {
  package let title: String
  package let runs: [ReportRun]
  package let claims: [ReportData.ClaimVerdict]

  /// Finds the runs in folders of runs and of sweeps, and the verdicts in those of `tare claims`.
  ///
  /// - Throws: `SpecError` for a folder without runs.
  package init(folders: [String]) throws(SpecError) {
    var runs: [ReportRun] = []
    var claims: [ReportData.ClaimVerdict] = []
    for folder in folders {
      let verdicts = Self.verdicts(in: folder)
      let found = Self.runs(in: folder)
      guard !found.isEmpty || !verdicts.isEmpty else {
        throw SpecError(
          field: "run", "folder \(folder) holds no run that has begun; accepted: folders of runs, sweeps and claims.")
      }
      claims += verdicts
      runs += found
    }
    self.runs = runs
    self.claims = claims
    title = folders.map(Self.name).joined(separator: ", ")
  }

  private static func name(_ folder: String) -> String {
    let name = URL(fileURLWithPath: folder).lastPathComponent
    return FileManager.default.fileExists(atPath: folder + "/sweep.json") ? "Sweep \(name)" : "Run \(name)"
  }

  private static func runs(in folder: String) -> [ReportRun] {
    if let run = ReportRun(inFolder: folder) { return [run] }
    let below = folder + "/runs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: below))?.sorted() ?? []
    return names.compactMap { ReportRun(inFolder: "\(below)/\($0)") }
  }

  private static func verdicts(in folder: String) -> [ReportData.ClaimVerdict] {
    struct Report: Decodable { let claims: [ReportData.ClaimVerdict] }
    guard let bytes = FileManager.default.contents(atPath: folder + "/claims.json") else { return [] }
    return (try? JSONDecoder().decode(Report.self, from: bytes))?.claims ?? []
  }
}
