import Failures
import Foundation

/// The default of commands that take a run's folder.
enum NewestRun {
  /// The run or sweep with the newest record.
  ///
  /// - Parameter files: the names of records, for runs or sweeps alone.
  static func path(below root: String, holding files: [String] = ["run.json", "sweep.json"]) throws -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let found = names.compactMap { name -> (path: String, date: Date)? in
      for file in files {
        let path = "\(root)/\(name)"
        let facts = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
        if let date = facts?[.modificationDate] as? Date { return (path, date) }
      }
      return nil
    }
    guard let newest = found.max(by: { $0.date < $1.date }) else {
      throw UsageError(
        field: "run", "no run below \(root)/; accepted: the folder of a run\(files.count > 1 ? " or sweep" : "").")
    }
    return newest.path
  }
}
