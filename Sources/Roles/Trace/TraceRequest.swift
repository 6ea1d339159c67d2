import Foundation

/// That the threads of a run's processes are to keep what they do, span by span, for `tare train --trace`.
package struct TraceRequest: Hashable, Sendable, Codable {
  /// Receives a file from each member.
  package let folder: String
  /// The zero of the trace's times, on `Clock.ofMachine`.
  package let began: Double

  package init(folder: String, began: Double) { (self.folder, self.began) = (folder, began) }

  /// In the environment of a member, as JSON.
  package static let variable = "TARE_TRACE"

  static let ofProcess = ProcessInfo.processInfo.environment[variable].flatMap {
    try? JSONDecoder().decode(TraceRequest.self, from: Data($0.utf8))
  }
}
