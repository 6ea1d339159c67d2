import Benchmarks
import Foundation
import Launching
import Terminal

/// The resources that this process holds.
struct Leftovers {
  /// In the order of `kinds`.
  private let counts: [Int]
  private let residentMB: Double

  private static let kinds = ["processes", "threads", "file handles", "socket files", "shared memory"]

  /// - Parameter folder: for the runs' sockets only.
  init(in folder: String) {
    func names(_ path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
    let maps = FileManager.default.contents(atPath: "/proc/self/maps").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let shared = maps.split(separator: "\n").count { $0.contains("/dev/shm/") || $0.contains("/memfd:") }
    counts = [
      ChildProcesses.of(getpid()).count, names("/proc/self/task").count, names("/proc/self/fd").count,
      names(folder).count,
      names("/dev/shm").count + shared,
    ]
    residentMB = ProcessMemory(of: getpid())?.proportionalMB ?? 0
  }

  /// Counted once they are down to `before`, or after 5 seconds: threads may still be exiting.
  init(in folder: String, settlingTo before: Leftovers) {
    let deadline = ContinuousClock.now + .seconds(5)
    var now = Leftovers(in: folder)
    while !now.isNoMore(than: before), .now < deadline {
      sched_yield()
      now = Leftovers(in: folder)
    }
    self = now
  }

  func isNoMore(than before: Leftovers) -> Bool { zip(counts, before.counts).allSatisfy { $0 <= $1 } }

  func table(besides before: Leftovers) -> [String] {
    var table = TextTable(header: ["", "before", "after"])
    for (index, kind) in Self.kinds.enumerated() {
      table.append([kind, "\(before.counts[index])", "\(counts[index])"])
    }
    table.append(["resident MB"] + [before, self].map { String(format: "%.1f", $0.residentMB) })
    return table.lines
  }
}
