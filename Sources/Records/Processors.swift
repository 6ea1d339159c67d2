import Foundation

/// How many processors this process may keep busy, as limited by its affinity, the CPU quotas of its control groups, and what
/// Slurm has granted on this node, which not every cluster enforces.
package enum Processors {
  package static var available: Int {
    let found = available(of: ProcessInfo.processInfo.activeProcessorCount) {
      try? String(contentsOfFile: $0, encoding: .utf8)
    }
    return min(found, granted(ProcessInfo.processInfo.environment) ?? found)
  }

  /// What the processes of this machine share, or those of a job of Slurm on it.
  package static var shared: Int {
    let all = ProcessInfo.processInfo.activeProcessorCount
    return min(all, granted(ProcessInfo.processInfo.environment) ?? all)
  }

  /// By Slurm, to the job or its step; `nil` outside of one.
  ///
  /// - Source: srun(1), "OUTPUT ENVIRONMENT VARIABLES".
  package static func granted(_ variables: [String: String]) -> Int? {
    guard variables["SLURM_JOB_ID"] != nil else { return nil }
    return variables["SLURM_CPUS_ON_NODE"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// - Parameters:
  ///   - all: the number of processors, used if the system does not say which are allowed.
  ///   - read: the text of a file, or `nil`.
  package static func available(of all: Int, _ read: (String) -> String?) -> Int {
    let allowed = allowed(read) ?? all
    return max(1, min(allowed, quota(read).map { Int(min($0.rounded(.up), 1e6)) } ?? allowed))
  }

  /// By the scheduler's affinity: the bits of a mask in hexadecimal (proc_pid_status(5)).
  private static func allowed(_ read: (String) -> String?) -> Int? {
    let lines = (read("/proc/self/status") ?? "").split(separator: "\n")
    guard let mask = lines.first(where: { $0.hasPrefix("Cpus_allowed:") })?.drop(while: { $0 != ":" }) else {
      return nil
    }
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    return count > 0 ? count : nil
  }

  /// The lowest CPU quota of the process's control groups and their ancestors, in processors; `nil` without one.
  ///
  /// - Parameter read: the text of a file, or `nil`.
  /// - Source: Linux, Documentation/admin-guide/cgroup-v2.rst (`cpu.max`) and scheduler/sched-bwc.rst.
  package static func quota(_ read: (String) -> String?) -> Double? {
    ControlGroup.all(of: "cpu", read).compactMap { group -> Double? in
      let limits =
        group.isUnified
        ? (read(group.folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
        : ["quota", "period"].flatMap {
          (read("\(group.folder)/cpu.cfs_\($0)_us") ?? "").split(whereSeparator: \.isWhitespace)
        }
      guard limits.count == 2, let quota = Double(limits[0]), let period = Double(limits[1]), quota > 0, period > 0
      else { return nil }
      return quota / period
    }.min()
  }
}
