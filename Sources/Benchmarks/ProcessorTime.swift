package import Foundation

/// Processor time as the kernel's text files count it, in seconds.
package enum ProcessorTime {
  /// What all processes used, from the content of /proc/stat; time that the hypervisor gave to others included.
  package static func used(stat: String, ticksPerSecond: Double) -> Double? {
    // cpu user nice system idle iowait irq softirq steal guest guest_nice; guests are counted in user and nice too.
    guard let line = stat.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
    let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    guard numbers.count >= 8 else { return nil }
    return (numbers[..<3].reduce(0, +) + numbers[5..<8].reduce(0, +)) / ticksPerSecond
  }

  /// What one process used itself, from the content of its /proc/N/stat.
  package static func used(processStat: String, ticksPerSecond: Double) -> Double? {
    // The name in parentheses may hold anything; utime and stime are fields 14 and 15, the name is the second.
    guard let name = processStat.lastIndex(of: ")") else { return nil }
    let fields = processStat[processStat.index(after: name)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
    return (user + system) / ticksPerSecond
  }
}

/// Counts from its making on how many processors others use: neither this process nor those it started.
package struct ForeignLoad {
  private let children: [pid_t]
  private let start = ContinuousClock.now
  private let used: Double

  /// - Parameter children: processes of ours that live all the while. Those that are reaped meanwhile, with all that
  ///   they have reaped, count as ours too.
  package init(besides children: [pid_t] = []) {
    self.children = children
    used = Self.foreignSeconds(besides: children)
  }

  /// Processors used by others since then.
  package var processors: Double {
    max(0, Self.foreignSeconds(besides: children) - used) / max(start.duration(to: .now).seconds, 1e-9)
  }

  private static func foreignSeconds(besides children: [pid_t]) -> Double {
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    let all = ProcessorTime.used(stat: text("/proc/stat"), ticksPerSecond: ticks) ?? 0
    let alive = children.compactMap {
      ProcessorTime.used(processStat: text("/proc/\($0)/stat"), ticksPerSecond: ticks)
    }
    return all - alive.reduce(0, +) - ownSeconds(RUSAGE_SELF.rawValue) - ownSeconds(RUSAGE_CHILDREN.rawValue)
  }

  private static func ownSeconds(_ who: Int32) -> Double {
    var usage = rusage()
    guard unsafe getrusage(who, &usage) == 0 else { return 0 }
    return [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) * 1e-6 }.reduce(0, +)
  }
}

extension Duration {
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
