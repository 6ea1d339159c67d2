import Failures
import Foundation
import Records

/// The folder of a report: `index.html`, and `figures/` with each figure as SVG, PDF and CSV.
package enum ReportFolder {
  /// Writes the report to a temporary folder, then replaces an earlier one.
  ///
  /// - Parameter printer: makes the PDFs; without one, or where it fails, there are none.
  /// - Returns: the files, relative to `path`.
  /// - Throws: `RecordError` for a folder with other content, or that cannot be written.
  @discardableResult
  package static func write(
    _ data: ReportData, curves: String, to path: String, printer: FigurePrinter? = FigurePrinter()
  ) throws -> [String] {
    var files = [("index.html", try ReportPage(data, curves: curves).html())]
    for figure in data.figures {
      files += [("figures/\(figure.id).svg", figure.svg), ("figures/\(figure.id).csv", figure.csv)]
    }
    return try write(files, figures: data.figures.map(\.id), to: path, printer: printer)
  }

  /// Writes a folder with a page alone.
  ///
  /// - Throws: as above.
  package static func write(page: String, to path: String) throws {
    _ = try write([("index.html", page)], figures: [], to: path, printer: nil)
  }

  private static func write(
    _ texts: [(String, String)], figures: [String], to path: String, printer: FigurePrinter?
  ) throws -> [String] {
    var files = texts
    let path = UserPath(path, home: nil).trimmed
    guard isFree(path) else {
      throw RecordError(
        .occupied, "\(path) holds something other than a report; accepted: a new or empty folder, or an earlier report."
      )
    }
    let aside = "\(path).\(getpid())\(AtomicFile.unfinishedSuffix)"
    defer { try? FileManager.default.removeItem(atPath: aside) }
    do {
      try FileManager.default.createDirectory(atPath: aside + "/figures", withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(aside)/\(name)")) }
      let printed = printer?.print(figures, in: aside + "/figures") ?? []
      files += printed.map { ("figures/\($0).pdf", "") }
      try put(aside, inPlaceOf: path)
    } catch let error as RecordError { throw error } catch {
      throw RecordError(.system(EIO), "Cannot write report \(path): \(error.localizedDescription)")
    }
    return files.map(\.0)
  }

  /// Whether `path` is absent, empty or an earlier report.
  private static func isFree(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return true }
    guard isFolder.boolValue, let content = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return false
    }
    let figures = (try? FileManager.default.contentsOfDirectory(atPath: path + "/figures")) ?? []
    let page = FileManager.default.contents(atPath: path + "/index.html")
    return content.isEmpty
      || Set(content).isSubset(of: ["index.html", "figures"])
        && figures.allSatisfy { kinds.contains(($0 as NSString).pathExtension) }
        && page?.range(of: Data(ReportPage.generator.utf8)) != nil
  }

  /// File types in `figures`; 0.1.0 also wrote gnuplot scripts.
  private static let kinds: Set<String> = ["svg", "csv", "gnuplot", "pdf"]

  /// Removes an earlier report only after the new one has its name.
  private static func put(_ folder: String, inPlaceOf path: String) throws {
    let files = FileManager.default
    let earlier = "\(folder).earlier"
    let isReplaced = files.fileExists(atPath: path)
    if isReplaced { try files.moveItem(atPath: path, toPath: earlier) }
    do { try files.moveItem(atPath: folder, toPath: path) } catch {
      if isReplaced { try? files.moveItem(atPath: earlier, toPath: path) }
      throw error
    }
    if isReplaced { try files.removeItem(atPath: earlier) }
  }
}
