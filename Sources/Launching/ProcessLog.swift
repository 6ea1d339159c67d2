import Foundation
import Synchronization

/// What this process says on stderr: for people, or as JSON with what the process is in its run.
package enum ProcessLog {
  package struct Context: Sendable {
    package var isJSON = ProcessInfo.processInfo.environment[variable] == "json"
    package var run: String?
    package var role: String?
    package var rank: Int?
    package var generation: UInt64?
    package var step: Int?
  }

  /// The field `execution.logFormat` in the environment: `json` asks for JSON before a process knows its run.
  package static let variable = "TARE_EXECUTION_LOG_FORMAT"

  private static let context = Mutex(Context())

  package static var isJSON: Bool { context.withLock { $0.isJSON } }

  package static func note(_ change: (inout Context) -> Void) { context.withLock { change(&$0) } }

  /// The lines of a text as JSON, each with what is known of the process.
  package static func json(_ text: String, label: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { sentence in
      var line = LogLine(sentence: String(sentence), label: label)
      context.withLock { known in
        (line.run, line.role, line.rank) = (known.run, known.role, known.rank)
        (line.generation, line.step) = (known.generation, known.step)
      }
      return line.bytes
    }
  }
}
