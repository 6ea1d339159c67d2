import Foundation

/// The machine a run's coordinator ran on.
package struct HostFacts: Hashable, Sendable, Codable {
  package let hostname: String
  package let cpuModel: String
  /// Logical processors the process may use.
  package let cores: Int
  /// The instruction set that the kernels chose.
  package let isa: String
  package let os: String

  /// This machine's facts; "unknown" where the system does not say.
  /// - Parameter isa: as the kernels name it.
  package init(isa: String) {
    (hostname, cpuModel, cores, os) = Self.machine
    self.isa = isa
  }

  /// As the process found it: it may train thousands of runs.
  private static let machine = (
    ProcessInfo.processInfo.hostName, value(of: "model name", separator: ":", in: "/proc/cpuinfo"),
    Processors.available, value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release")
  )

  /// The value in the first line `key separator value` of a text file.
  private static func value(of key: String, separator: Character, in path: String) -> String {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      guard let mark = line.firstIndex(of: separator) else { continue }
      return line[line.index(after: mark)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }
    return "unknown"
  }
}
