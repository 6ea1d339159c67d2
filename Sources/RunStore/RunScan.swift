import Failures
import Foundation

/// The runs below a folder, however deep: in it, in folders in it, and in the sweeps in them.
struct RunScan {
  /// A number for each run's folder, by its path below the root, that changes when its record does.
  private(set) var stamps: [UserPath: Int64] = [:]
  /// What was left out, as sentences.
  private(set) var omissions: [String] = []
  /// Folders that were listed, so that links cannot lead in circles.
  private var seen: Set<Identity> = []

  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private static let greatestDepth = 8
  private static let mostFolders = 20_000

  init(below root: String) { list(root, named: "", depth: 0) }

  /// Sweeps keep their runs here.
  private static let sweepRuns = "runs"

  private mutating func list(_ path: String, named folder: String, depth: Int) {
    guard let facts = Self.facts(of: path), facts.st_mode & S_IFMT == S_IFDIR else { return }
    guard seen.insert(Identity(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino))).inserted else { return }
    guard seen.count <= Self.mostFolders else {
      if seen.count > Self.mostFolders + 1 { return }
      return omissions.append("only \(Self.mostFolders) folders were searched for runs")
    }
    for name in names(in: path, named: folder) {
      let inner = UserPath(name, in: folder, home: nil)
      // Records are replaced whole, so that a new one is another file.
      if let stamp = Self.facts(of: "\(path)/\(name)/run.json") { stamps[inner] = Self.stamp(stamp) }
      let isSweep = Self.facts(of: "\(path)/\(name)/sweep.json") != nil
      guard isSweep || stamps[inner] == nil else { continue }
      if isSweep {
        list("\(path)/\(name)/\(Self.sweepRuns)", named: "\(inner.text)/\(Self.sweepRuns)", depth: Self.greatestDepth)
      } else if depth < Self.greatestDepth {
        list("\(path)/\(name)", named: inner.text, depth: depth + 1)
      }
    }
  }

  /// The folders in a folder, without hidden ones.
  private mutating func names(in path: String, named folder: String) -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let kind = unsafe Int32(entry.pointee.d_type)
      guard [DT_DIR, DT_LNK, DT_UNKNOWN].contains(Int(kind)) else { continue }
      let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
      guard bytes.first != UInt8(ascii: ".") else { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        let shown = UserPath(String(decoding: bytes, as: UTF8.self), in: folder, home: nil)
        omissions.append("folder \(shown) was left out: its name is not UTF-8")
        continue
      }
      names.append(name)
    }
    return names
  }

  /// The sweep whose run is in `folder`, by its path below the root.
  static func sweep(of folder: String, below root: String?) -> String? {
    let runs = UserPath(folder).folder
    guard runs == sweepRuns || runs.hasSuffix("/" + sweepRuns) else { return nil }
    let sweep = UserPath(runs).folder
    let path = UserPath(sweep, in: root, home: nil).text
    return !sweep.isEmpty && facts(of: path + "/sweep.json") != nil ? sweep : nil
  }

  private static func facts(of path: String) -> stat? {
    var facts = stat()
    return unsafe stat(path, &facts) == 0 ? facts : nil
  }

  private static func stamp(_ facts: stat) -> Int64 {
    let nanoseconds = Int64(facts.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(facts.st_mtim.tv_nsec)
    return nanoseconds ^ Int64(truncatingIfNeeded: facts.st_ino) << 20 ^ Int64(facts.st_size)
  }
}
