import Foundation
import Records
import Reports

/// Detects changes of a report's files without reading them.
struct FileStamps: Equatable {
  private var stamps: [String: FileStamp] = [:]

  /// - Parameter folders: of runs, sweeps and claims.
  init(ofReportOn folders: [String]) {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/runs")) ?? []
      for run in [folder] + names.map({ "\(folder)/runs/\($0)" }) {
        for name in ["run.json", "metrics.csv", ClaimsRecord.fileName] {
          let path = "\(run)/\(name)"
          stamps[path] = FileStamp(ofFileAt: path)
        }
      }
    }
  }
}
