import Foundation

/// By which one sees, without reading them, that files of a report have changed.
struct FileStamps: Equatable {
  private struct Stamp: Equatable {
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  private var stamps: [String: Stamp] = [:]

  /// - Parameter folders: of runs, sweeps and claims.
  init(ofReportOn folders: [String]) {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/runs")) ?? []
      for run in [folder] + names.map({ "\(folder)/runs/\($0)" }) {
        for name in ["run.json", "metrics.csv", "claims.json"] { look(at: "\(run)/\(name)") }
      }
    }
  }

  private mutating func look(at path: String) {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return }
    stamps[path] = Stamp(
      inode: UInt64(facts.st_ino), size: Int64(facts.st_size), seconds: facts.st_mtim.tv_sec,
      nanoseconds: facts.st_mtim.tv_nsec)
  }
}
