import Foundation

/// Real image files, where the machine has them: the folder that `TARE_DATA` names, or `shared/data` beside the
/// package's folder.
package enum SharedData {
  package static let path: String? = {
    if let named = ProcessInfo.processInfo.environment["TARE_DATA"] { return named }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = package.deletingLastPathComponent().appendingPathComponent("shared/data").path
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()

  package static var isPresent: Bool { path != nil }

  package static func folder(_ name: String) -> String { "\(path ?? "")/\(name)" }
}
