import Foundation

/// The runs below a folder: in it, and in the sweeps in it.
enum RunScan {
  /// A number for each run's folder that changes when its record does.
  static func runs(below root: String) -> [String: Int64] {
    var found: [String: Int64] = [:]
    for name in names(root) {
      if let stamp = stamp(of: "\(root)/\(name)/run.json") { found[name] = stamp }
      guard FileManager.default.fileExists(atPath: "\(root)/\(name)/sweep.json") else { continue }
      for run in names("\(root)/\(name)/runs") {
        if let stamp = stamp(of: "\(root)/\(name)/runs/\(run)/run.json") { found["\(name)/runs/\(run)"] = stamp }
      }
    }
    return found
  }

  private static func names(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  /// Records are replaced whole, so that a new one is another file.
  private static func stamp(of path: String) -> Int64? {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return nil }
    let nanoseconds = Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
    return nanoseconds ^ Int64(truncatingIfNeeded: facts.st_ino) << 20 ^ Int64(facts.st_size)
  }
}
