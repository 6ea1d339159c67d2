import Failures
package import Foundation
import Records
import Specification

/// Everything below a root folder that a report can show, newest first.
package struct RootOverview: Sendable, Encodable {
  /// A run, a sweep, the runs of claims, or other runs that a folder has in `runs`, as a demonstration.
  package struct Entry: Sendable, Hashable, Encodable {
    package enum Kind: String, Sendable, Encodable {
      case run, sweep, claims, group
    }

    /// Relative to the root.
    package let folder: String
    package let kind: Kind
    /// What it was called; of a sweep, its own name.
    package let name: String?
    package let dataset: String
    package let network: String
    package let status: String
    /// Of a sweep, the best.
    package let testError: Double?
    /// Runs that have ended, and all that are planned; 1 for a run.
    package let ended: Int
    package let runs: Int
    package let started: Date?
    /// Whether a page lies in it already.
    package var hasReport = false
  }

  package let root: String
  package let entries: [Entry]

  /// - Returns: `nil` where `root` is itself a run, a sweep or claims, or has none of them below it.
  package init?(of root: String) {
    let root = UserPath(root, home: nil).trimmed
    guard Self.kind(of: root) == nil else { return nil }
    let found = Self.folders(below: root, depth: 0).compactMap { Self.entry($0, below: root) }
    guard !found.isEmpty else { return nil }
    self.root = root
    entries = found.sorted { ($0.started ?? .distantPast, $0.folder) > ($1.started ?? .distantPast, $1.folder) }
  }

  private static let greatestDepth = 4

  private static func has(_ file: String, _ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/\(file)")
  }

  private static func kind(of folder: String) -> Entry.Kind? {
    if has("sweep.json", folder) { return .sweep }
    if has(ClaimsRecord.fileName, folder) { return .claims }
    if has("run.json", folder) { return .run }
    return runs(in: folder).contains { has("run.json", $0) } ? .group : nil
  }

  /// Paths relative to `root`; what lies inside of a run or sweep belongs to it.
  private static func folders(below root: String, depth: Int, at place: String = "") -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root + place)) ?? []
    return names.sorted().flatMap { name -> [String] in
      let folder = "\(place)/\(name)"
      var isFolder: ObjCBool = false
      guard !name.hasPrefix("."), unsafe FileManager.default.fileExists(atPath: root + folder, isDirectory: &isFolder),
        isFolder.boolValue
      else { return [] }
      if kind(of: root + folder) != nil { return [String(folder.dropFirst())] }
      return depth < greatestDepth ? folders(below: root, depth: depth + 1, at: folder) : []
    }
  }

  private static func entry(_ folder: String, below root: String) -> Entry? {
    let path = "\(root)/\(folder)"
    guard let kind = kind(of: path) else { return nil }
    let places = kind == .run ? [path] : runs(in: path)
    let records = places.compactMap { place in RunRecord(inFolder: place).map { (place, $0) } }
    let specs = records.compactMap { try? $0.1.spec.decoded(as: RunSpec.self) }
    let standings = records.map { $0.1.standing(inFolder: $0.0) }
    func common(_ values: [String]) -> String {
      let values = Set(values)
      return values.count == 1 ? values.first ?? "" : values.sorted().joined(separator: ", ")
    }
    let sweep = kind == .sweep ? planned(path) : nil
    let planned = sweep?.runs ?? places.count
    let ended = standings.count(where: \.hasEnded)
    return Entry(
      folder: folder, kind: kind, name: sweep?.sweep ?? (kind == .run ? specs.first?.execution.name : nil),
      dataset: common(specs.map(\.dataset.name.rawValue)), network: common(specs.map(\.network.preset.rawValue)),
      status: kind == .run ? standings.first?.rawValue ?? "unreadable" : status(of: standings, planned),
      testError: kind == .claims ? nil : records.compactMap { $0.1.runResult?.testError }.min(), ended: ended,
      runs: planned, started: records.map(\.1.started).min(), hasReport: has("report/index.html", path))
  }

  private static func status(of runs: [RunStatus], _ planned: Int) -> String {
    if runs.contains(.running) { return RunStatus.running.rawValue }
    let failed = runs.count { $0 == .failed }
    if failed > 0 { return "\(failed) failed" }
    return runs.count(where: \.hasEnded) < planned ? RunStatus.stopped.rawValue : RunStatus.done.rawValue
  }

  private static func runs(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/runs"))?.sorted() ?? []
    return names.map { "\(folder)/runs/\($0)" }
  }

  private struct Planned: Decodable {
    let sweep: String
    let runs: Int
  }

  private static func planned(_ folder: String) -> Planned? {
    FileManager.default.contents(atPath: folder + "/sweep.json").flatMap {
      try? JSONDecoder().decode(Planned.self, from: $0)
    }
  }
}
