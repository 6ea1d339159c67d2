import Failures
import Foundation
package import Records

/// The runs and verdicts that a report shows.
package struct ReportSource: Sendable {
  package let title: String
  package let runs: [ReportRun]
  package let claims: [Verdict]
  /// Folders of runs whose `run.json` this version cannot read.
  package let unread: [String]

  /// Finds the runs in folders of runs and of sweeps, and the verdicts in folders of `tare claims`. A run that is named
  /// twice, by itself and by its sweep, counts once.
  ///
  /// - Parameter progress: called with each run read, and with how many there are.
  /// - Throws: `UsageError` for a folder without runs, `RecordError` for a `claims.json` that this version cannot read.
  package init(
    folders: [String], reader: ReportReader = ReportReader(), progress: (_ read: Int, _ all: Int) -> Void = { _, _ in }
  ) throws {
    var runs: [ReportRun] = []
    var claims: [Verdict] = []
    var unread: [String] = []
    var seen: Set<String> = []
    var named: Set<String> = []
    let folders = folders.filter { named.insert(Self.identity($0)).inserted }
    let places = folders.map(Self.places)
    let count = places.reduce(0) { $0 + $1.count }
    var read = 0
    for (folder, places) in zip(folders, places) {
      let verdicts = try ClaimsRecord(inFolder: folder)?.verdicts ?? []
      let found = places.map { place in
        defer {
          read += 1
          progress(read, count)
        }
        return (place, reader.run(inFolder: place))
      }
      let unreadable = found.filter { $0.1 == nil }.map(\.0)
      guard found.count > unreadable.count || !verdicts.isEmpty else {
        throw UsageError(
          field: "run",
          unreadable.isEmpty
            ? "folder \(folder) holds no run; accepted: folders of runs, sweeps and claims."
            : "\(unreadable[0])/run.json is damaged or of another version; accepted: runs of this version.",
          exitCode: unreadable.isEmpty ? 64 : 65)
      }
      claims += verdicts
      unread += unreadable
      for var run in found.compactMap(\.1) where seen.insert(Self.identity(run.folder)).inserted {
        run.isOfClaim = !verdicts.isEmpty
        runs.append(run)
      }
    }
    (self.runs, self.claims, self.unread) = (runs, claims, unread)
    let names = folders.map(Self.name)
    title = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }

  private static func identity(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func name(_ folder: String) -> String {
    let name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    let files = FileManager.default
    return files.fileExists(atPath: folder + "/sweep.json")
      ? "Sweep \(name)"
      : files.fileExists(atPath: "\(folder)/\(ClaimsRecord.fileName)") ? "Claims \(name)" : "Run \(name)"
  }

  /// Folders that hold the record of a run.
  package static func places(in folder: String) -> [String] {
    let folder = UserPath(folder, home: nil).trimmed
    let isRun = { (path: String) in FileManager.default.fileExists(atPath: path + "/run.json") }
    if isRun(folder) { return [folder] }
    let below = folder + "/runs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: below))?.sorted() ?? []
    return names.map { "\(below)/\($0)" }.filter(isRun)
  }
}
