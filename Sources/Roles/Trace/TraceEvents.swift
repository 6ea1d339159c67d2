import Foundation
import Parameters

/// Spans in the Trace Event Format that Perfetto and Chrome read: one JSON object a line.
package enum TraceEvents {
  /// - Parameters:
  ///   - thread: its number among the threads of all processes.
  ///   - clockError: by how much all times may be wrong beside those of other processes, in seconds; infinite where nobody
  ///     knows, `nil` on the coordinator's own clock.
  ///   - began: the zero of the times.
  package static func lines(
    of spans: [SpanRing.Span], process: String, thread: Int, named name: String, clockError: Double? = nil,
    since began: Double
  ) -> [String] {
    let place = "\"pid\":\(number(ofProcess: process)),\"tid\":\(thread)"
    func metadata(_ kind: String, _ argument: String, _ value: String) -> String {
      "{\"ph\":\"M\",\"name\":\"\(kind)\",\(place),\"args\":{\"\(argument)\":\(quoted(value))}}"
    }
    var lines = [metadata("process_name", "name", process), metadata("thread_name", "name", name)]
    if let clockError { lines.append(metadata("process_labels", "labels", label(ofError: clockError))) }
    return lines
      + spans.map { span in
        let (start, end) = (nanoseconds(span.start - began), nanoseconds(span.end - began))
        return "{\"ph\":\"X\",\"name\":\"\(span.work.rawValue)\",\"cat\":\"work\",\(place),"
          + "\"ts\":\(microseconds(start)),\"dur\":\(microseconds(end - start)),\"args\":{\"step\":\(span.step)}}"
      }
  }

  /// The whole file.
  package static func file(of lines: some Sequence<some StringProtocol>) -> String {
    "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n\(lines.joined(separator: ",\n"))\n]}\n"
  }

  /// What the format calls the process: the coordinator is 1, server r 100 + r, worker r 1000 + r.
  package static func number(ofProcess name: String) -> Int {
    let words = name.split(separator: " ")
    let rank = words.count > 1 ? Int(words[1]) ?? 0 : 0
    return switch words.first {
    case "server": 100 + rank
    case "worker": 1000 + rank
    default: 1
    }
  }

  private static func label(ofError seconds: Double) -> String {
    seconds.isFinite ? "clock ± \(String(format: "%.3f", seconds * 1e3)) ms" : "clock not compared"
  }

  /// Names of threads come from other machines.
  private static func quoted(_ text: String) -> String {
    (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  private static func nanoseconds(_ seconds: Double) -> Int { Int(max(seconds, 0) * 1e9) }

  private static func microseconds(_ nanoseconds: Int) -> String {
    let rest = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  }
}
