import Foundation
import Synchronization

/// Makes PDFs of the figures from their SVG files, so that the two cannot differ: by `rsvg-convert` of librsvg, which embeds
/// the fonts.
package struct FigurePrinter: Sendable {
  /// The program, and the Debian package that has it.
  package static let programName = "rsvg-convert"
  package static let packageName = "librsvg2-bin"

  private let program: URL

  /// - Parameter path: folders to look for the program in, as in `PATH`.
  /// - Returns: `nil` where it is not installed.
  package init?(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
    let programs = path.split(separator: ":").map { "\($0)/\(Self.programName)" }
    guard let found = programs.first(where: FileManager.default.isExecutableFile) else { return nil }
    program = URL(fileURLWithPath: found)
  }

  /// Writes `<name>.pdf` beside `<name>.svg`, several at a time.
  ///
  /// - Returns: the names of those that were written, in order.
  func print(_ names: [String], in folder: String) -> [String] {
    let printed = Mutex<Set<String>>([])
    DispatchQueue.concurrentPerform(iterations: names.count) { index in
      if print(names[index], in: folder) { printed.withLock { _ = $0.insert(names[index]) } }
    }
    return printed.withLock { printed in names.filter(printed.contains) }
  }

  private func print(_ name: String, in folder: String) -> Bool {
    let pdf = "\(folder)/\(name).pdf"
    let process = Process()
    process.executableURL = program
    process.arguments = ["--format=pdf", "--output=\(pdf)", "\(folder)/\(name).svg"]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      try? FileManager.default.removeItem(atPath: pdf)
      return false
    }
    return true
  }
}
