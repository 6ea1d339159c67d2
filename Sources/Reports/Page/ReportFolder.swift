import Foundation
import Records

/// The folder of a report: `index.html`, and `figures/` with each figure as SVG, CSV and gnuplot script.
package enum ReportFolder {
  /// Writes the report to a temporary folder, then replaces an earlier one.
  ///
  /// - Returns: the files, relative to `path`.
  /// - Throws: `RecordError` for a folder with other content, or that cannot be written.
  @discardableResult
  package static func write(_ data: ReportData, curves: String, to path: String) throws -> [String] {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard isFree(path) else {
      throw RecordError(
        .occupied, "\(path) holds something other than a report; accepted: a new or empty folder, or an earlier report."
      )
    }
    let aside = "\(path).\(getpid())\(AtomicFile.unfinishedSuffix)"
    defer { try? FileManager.default.removeItem(atPath: aside) }
    var files = [("index.html", try ReportPage(data, curves: curves).html())]
    for figure in data.figures {
      files += [
        ("figures/\(figure.id).svg", figure.svg), ("figures/\(figure.id).csv", figure.csv),
        ("figures/\(figure.id).gnuplot", figure.gnuplot),
      ]
    }
    do {
      try FileManager.default.createDirectory(atPath: aside + "/figures", withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(aside)/\(name)")) }
      let printed = data.figures.map(\.id).filter { Gnuplot.print(figure: $0, in: aside + "/figures") }
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

  /// File types in `figures`.
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

/// The gnuplot program, where it is installed.
private enum Gnuplot {
  private static let program = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/gnuplot" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Whether the figure's PDF was written.
  static func print(figure: String, in folder: String) -> Bool {
    guard let program else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["\(figure).gnuplot"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    let pdf = "\(folder)/\(figure).pdf"
    guard process.terminationStatus == 0 else {
      try? FileManager.default.removeItem(atPath: pdf)
      return false
    }
    return FileManager.default.fileExists(atPath: pdf)
  }
}
