import Foundation
import Launching
import Records

/// Where a drill's runs lie: a folder that was asked for, or one that goes with the drill.
struct DrillFolder {
  let path: String
  private let scratch: ScratchFolder?

  /// - Throws: `RecordError` for a folder in use, `ScratchError` if there is none to be had.
  init(_ requested: String?) throws {
    if let requested {
      path = try RunFolder(requested).path
      scratch = nil
    } else {
      let folder = try ScratchFolder()
      (path, scratch) = (folder.path, folder)
    }
  }

  func removeIfOurs() { scratch?.remove() }
}
