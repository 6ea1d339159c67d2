import Foundation
import TestSupport

/// A process of this machine that a test may look at: one that some `TareProcess` has started.
struct RunningProcess {
  let id: pid_t
  let arguments: [String]

  /// Every living process whose environment has `entry`.
  static func all(withEnvironment entry: String) -> [RunningProcess] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap(pid_t.init) ?? []
    return numbers.filter { strings("/proc/\($0)/environ").contains(entry) }.map {
      RunningProcess(id: $0, arguments: strings("/proc/\($0)/cmdline"))
    }
  }

  /// `server 0`, `worker 1`: what the coordinator calls it.
  var name: String {
    let rank = arguments.firstIndex(of: "--rank").map { arguments[$0 + 1] } ?? "?"
    return "\(arguments.dropFirst().first ?? "") \(rank)"
  }

  /// Waits until it is gone; `false` after `deadline` seconds. It need not be a child of ours.
  func waitForEnd(within deadline: Double) -> Bool {
    typealias Open = @convention(c) (pid_t, UInt32) -> Int32
    // glibc has it since 2.36; Swift's module of glibc has not.
    guard let symbol = unsafe dlsym(nil, "pidfd_open") else { return false }
    let descriptor = unsafe unsafeBitCast(symbol, to: Open.self)(id, 0)
    guard descriptor >= 0 else { return errno == ESRCH }
    defer { close(descriptor) }
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&item, 1, Int32(deadline * 1000)) == 1
  }

  /// The memory that it has for itself or lends to others, in bytes.
  var ownMemory: Int? {
    var (sum, isOwn) = (0, false)
    for line in Self.read("/proc/\(id)/smaps").split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count > 4, words[1].count == 4 {
        isOwn = words[1] == "rw-s" && line.contains("/memfd:tare")
      } else if words.first == "Anonymous:" || words.first == "Rss:" && isOwn {
        sum += words.count > 1 ? (Int(words[1]) ?? 0) << 10 : 0
      }
    }
    return sum > 0 ? sum : nil
  }

  /// The most memory that it has had resident so far, in bytes.
  var peakMemory: Int? {
    let line = Self.read("/proc/\(id)/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  /// The TCP ports of 127.0.0.1 that it listens on, ascending: as soon as there are `count`, or what there is after the
  /// deadline.
  ///
  /// The kernel writes its table in parts, while sockets come and go: one that stays may be in it twice, or missing.
  func listeningPorts(_ count: Int) -> [UInt16] {
    let deadline = ContinuousClock.now + .eventDeadline
    var ports: Set<UInt16> = []
    repeat { ports.formUnion(listedPorts) } while ports.count < count && ContinuousClock.now < deadline
    return ports.sorted()
  }

  private var listedPorts: [UInt16] {
    let folder = "/proc/\(id)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let sockets = Set(
      names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
    let table = Self.read("/proc/\(id)/net/tcp").split(separator: "\n").dropFirst()
    // sl local_address rem_address st … inode; state 0A is LISTEN (proc(5)).
    return table.map { $0.split(separator: " ") }.compactMap { row in
      guard row.count > 9, row[3] == "0A", sockets.contains("socket:[\(row[9])]") else { return nil }
      return row[1].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }
  }

  private static func strings(_ path: String) -> [String] { read(path).split(separator: "\0").map(String.init) }

  private static func read(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
