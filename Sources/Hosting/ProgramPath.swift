import Failures
import Foundation

/// Where a program is on the PATH.
enum ProgramPath {
  static func find(_ name: String) throws(RunError) -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
    guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw RunError(ExitCode.unavailable, "\(name) is not found on the PATH")
    }
    return program
  }
}
