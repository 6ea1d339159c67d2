import Foundation
import Records

/// Where a report lies: `index.html`, and `figures/` with each figure as SVG, CSV and gnuplot script.
package enum ReportFolder {
  /// Writes the report aside and puts it in the place of an earlier one.
  ///
  /// - Returns: the files, relative to `path`.
  /// - Throws: `RecordError` for a folder that holds something else, or that can't be written.
  package static func write(_ data: ReportData, curves: String, to path: String) throws -> [String] {
    let content = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard Set(content).isSubset(of: ["index.html", "figures"]) else {
      throw RecordError(
        .occupied,
        "Folder \(path) holds something else than a report; a new or empty folder, or an earlier report, is accepted.")
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
      if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
      try FileManager.default.moveItem(atPath: aside, toPath: path)
    } catch let error as RecordError { throw error } catch {
      throw RecordError(.system(EIO), "Cannot write report \(path): \(error.localizedDescription)")
    }
    return files.map(\.0)
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
