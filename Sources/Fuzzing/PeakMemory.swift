import CFuzzing
import Foundation

/// The growth of peak resident memory while a function runs.
///
/// - Source: proc(5), `clear_refs` and `VmHWM`.
enum PeakMemory {
  /// In bytes; `nil` if the system does not provide it.
  static func growth(_ body: () -> Void) -> Int? {
    tare_release_memory()
    do { try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) } catch { return nil }
    guard let before = status("VmRSS:") else { return nil }
    body()
    return status("VmHWM:").map { max(0, $0 - before) }
  }

  private static func status(_ key: String) -> Int? {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }
}
