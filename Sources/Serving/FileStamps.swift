import Foundation
import Reports

/// By which one sees, without reading them, that files of a report have changed.
struct FileStamps: Equatable {
  private var stamps: [String: FileStamp] = [:]

  /// - Parameter folders: of runs, sweeps and claims.
  init(ofReportOn folders: [String]) {
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/runs")) ?? []
      for run in [folder] + names.map({ "\(folder)/runs/\($0)" }) {
        for name in ["run.json", "metrics.csv", "claims.json"] {
          let path = "\(run)/\(name)"
          stamps[path] = FileStamp(ofFileAt: path)
        }
      }
    }
  }
}
