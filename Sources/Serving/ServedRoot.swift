import Foundation
import MicroHTTPD
package import Reports
import Synchronization

/// The pages of a root folder: the overview, and on demand the live report of each run and sweep in it.
package final class ServedRoot: Sendable {
  private let root: String
  private let describe: @Sendable (String) -> [String]
  private let reports = Mutex<[String: LiveReport]>([:])

  /// - Parameters:
  ///   - overview: of the root as it is now.
  ///   - describe: how far the runs in a folder are, as sentences.
  package init(_ overview: RootOverview, describe: @escaping @Sendable (String) -> [String] = { _ in [] }) {
    (root, self.describe) = (overview.root, describe)
  }

  private let metrics = ServedMetrics()

  /// What leads to the report of an entry; the rest of the path is the folder.
  private static let prefix = "/at/"

  func overview() -> String? {
    RootOverview(of: root).map { overview in
      OverviewPage(overview).html(isLive: true) { Self.prefix + RootOverview.link(to: $0.folder) + "/" }
    }
  }

  /// Of all runs below the root, for Prometheus.
  func exposition() -> String {
    let entries = RootOverview(of: root)?.entries ?? []
    return metrics.text(of: entries.flatMap { ReportSource.places(in: "\(root)/\($0.folder)") })
  }

  /// The report that a path asks for, and what of it.
  ///
  /// A path only chooses among the folders that the overview has found.
  func report(at path: String) -> (report: LiveReport, rest: String)? {
    guard path.hasPrefix(Self.prefix), let end = path.lastIndex(of: "/") else { return nil }
    let start = path.index(path.startIndex, offsetBy: Self.prefix.count)
    guard start < end else { return nil }
    let (folder, rest) = (String(path[start..<end]), String(path[end...]))
    if let known = reports.withLock({ $0[folder] }) { return (known, rest) }
    guard let overview = RootOverview(of: root), overview.entries.contains(where: { $0.folder == folder }) else {
      return nil
    }
    let (place, describe) = ("\(root)/\(folder)", describe)
    guard let made = try? LiveReport(folders: [place], progress: { describe(place) }) else { return nil }
    return reports.withLock { reports in
      reports[folder] = reports[folder] ?? made
      return (reports[folder] ?? made, rest)
    }
  }
}
