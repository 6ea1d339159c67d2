import Records

/// Memory, in bytes; `nil` for what the system does not say.
package struct MemoryFacts: Hashable, Sendable {
  let total: UInt64?
  let available: UInt64?
  /// The lowest limit of the control groups that this process is in.
  let limit: UInt64?

  /// Of the smallest runs with processes, in proportional shares of memory: 167 MB was measured.
  private static let least: UInt64 = 256 << 20
  private static let comfortable: UInt64 = 1 << 30

  package init(_ read: SystemText = systemText) {
    let lines = (read("/proc/meminfo") ?? "").split(separator: "\n")
    func kibibytes(_ name: String) -> UInt64? {
      lines.first { $0.hasPrefix(name + ":") }?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
        .map { $0 << 10 }
    }
    total = kibibytes("MemTotal")
    available = kibibytes("MemAvailable")
    limit = ControlGroup.all(of: "memory", read).compactMap { group in
      read(group.folder + (group.isUnified ? "/memory.max" : "/memory.limit_in_bytes"))
        .flatMap { UInt64($0.filter { !$0.isWhitespace }) }
    }.min()
  }

  /// What a run may take: the free memory, but no more than the limit.
  package var room: UInt64? { [available, limit].compactMap { $0 }.min() }

  package var finding: Finding {
    guard let total, let room else {
      return .warning(
        "memory", "/proc/meminfo does not say",
        advice: "Mount /proc, from which Tare reads what it needs of the system.")
    }
    var found = "\(bytes(total)), \(bytes(available ?? total)) available"
    // Version 1 says "no limit" as a number that no machine has.
    if let limit, limit < total { found += "; the control group allows \(bytes(limit))" }
    if room < Self.least {
      return .problem("memory", found, advice: "Free memory or raise the limit: the smallest run takes about 170 MB.")
    }
    if room < Self.comfortable {
      return .warning(
        "memory", found,
        advice: "Take few workers: a run of a small network takes 170 MB and more, one of a large one gigabytes."
      )
    }
    return .ok("memory", found)
  }
}
