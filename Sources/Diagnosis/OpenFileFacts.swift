import Launching

/// How many files a process may have open: sockets, checkpoints and children take some for each member of a run.
package struct OpenFileFacts: Hashable, Sendable {
  /// The hard limit, to which Tare raises its own; `nil` for none.
  let limit: Int?

  /// - Parameter limits: the text of `/proc/self/limits` (proc_pid_limits(5)).
  package init(_ read: SystemText = systemText) {
    let line = (read("/proc/self/limits") ?? "").split(separator: "\n").first { $0.hasPrefix("Max open files") }
    limit = line?.dropFirst("Max open files".count).split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  private static let comfortable = 1024

  package var finding: Finding {
    guard let limit else { return .ok("open files", "unlimited") }
    let advice =
      "Raise the hard limit (ulimit -Hn, limits.conf, or LimitNOFILE of the service) to \(Self.comfortable) or more."
    let members = ResourceLimits.members(withOpenFiles: limit)
    guard members >= 3 else {
      return .problem("open files", "at most \(limit), too few for a server and two workers", advice: advice)
    }
    guard limit >= Self.comfortable else {
      return .warning("open files", "at most \(limit), enough for \(members) servers and workers", advice: advice)
    }
    return .ok("open files", "at most \(limit)")
  }
}
