package import Foundation

/// What one process holds in memory, in bytes.
package struct ProcessMemory: Hashable, Sendable {
  /// The largest resident set so far (VmHWM), shared pages counted in full.
  package let peakResident: Int
  /// The proportional set now: a page shared by n processes counts one nth.
  package let proportional: Int

  package var peakResidentMB: Double { Double(peakResident) * 1e-6 }
  package var proportionalMB: Double { Double(proportional) * 1e-6 }

  /// - Parameters:
  ///   - status: content of /proc/N/status.
  ///   - smapsRollup: content of /proc/N/smaps_rollup.
  package init?(status: String, smapsRollup: String) {
    guard let peak = Self.kilobytes(of: "VmHWM:", in: status), let share = Self.kilobytes(of: "Pss:", in: smapsRollup)
    else { return nil }
    peakResident = peak * 1024
    proportional = share * 1024
  }

  /// `nil` if the process is gone.
  package init?(of process: pid_t) {
    func text(_ file: String) -> String {
      (try? String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)) ?? ""
    }
    self.init(status: text("status"), smapsRollup: text("smaps_rollup"))
  }

  private static func kilobytes(of key: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.dropFirst(key.count).split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }
}
