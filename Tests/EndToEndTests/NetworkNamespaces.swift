import Foundation
import Testing

/// Machines of their own on one kernel: each has an address, a link that can be cut, and nothing else. Removed with its owner.
final class NetworkNamespaces {
  private let prefix: String
  private let count: Int
  private let subnet: String

  /// Whether this process may make them.
  static let isPossible: Bool = {
    guard geteuid() == 0, (try? run("ip", "netns", "list")) != nil else { return false }
    let name = "tare\(getpid())probe"
    guard (try? run("ip", "netns", "add", name)) != nil else { return false }
    let isDone = (try? run("ip", "link", "add", "\(name)".suffix(12) + "b", "type", "bridge")) != nil
    _ = try? run("ip", "link", "del", "\(name)".suffix(12) + "b")
    _ = try? run("ip", "netns", "del", name)
    return isDone
  }()

  /// Makes `count` of them, numbered from 1, on one bridge.
  init(_ count: Int) throws {
    self.count = count
    // Interfaces have at most 15 characters, and several test processes may run.
    prefix = "t\(getpid() % 100_000)"
    subnet = "10.\(77 + Int(getpid()) % 100).\(Int.random(in: 0...255))"
    try Self.run("ip", "link", "add", "\(prefix)b", "type", "bridge")
    try Self.run("ip", "addr", "add", "\(coordinator)/24", "dev", "\(prefix)b")
    try Self.run("ip", "link", "set", "\(prefix)b", "up")
    for index in 1...count {
      try Self.run("ip", "netns", "add", "\(prefix)n\(index)")
      try Self.run(
        "ip", "link", "add", "\(prefix)v\(index)", "type", "veth", "peer", "name", "eth0", "netns", "\(prefix)n\(index)"
      )
      try Self.run("ip", "link", "set", "\(prefix)v\(index)", "master", "\(prefix)b", "up")
      try Self.run("ip", "-n", "\(prefix)n\(index)", "addr", "add", "\(subnet).\(index)/24", "dev", "eth0")
      try Self.run("ip", "-n", "\(prefix)n\(index)", "link", "set", "eth0", "up")
      try Self.run("ip", "-n", "\(prefix)n\(index)", "link", "set", "lo", "up")
    }
  }

  deinit {
    for index in 1...count {
      _ = try? Self.run("ip", "link", "del", "\(prefix)v\(index)")
      _ = try? Self.run("ip", "netns", "del", "\(prefix)n\(index)")
    }
    _ = try? Self.run("ip", "link", "del", "\(prefix)b")
  }

  /// The address of this process's own namespace.
  var coordinator: String { "\(subnet).254" }

  /// For `TareProcess`: runs the program there.
  func script(_ index: Int) -> String { "exec nsenter --net=/run/netns/\(prefix)n\(index) \"$0\" \"$@\"" }

  func cut(_ index: Int) throws { try Self.run("ip", "link", "set", "\(prefix)v\(index)", "down") }

  func mend(_ index: Int) throws { try Self.run("ip", "link", "set", "\(prefix)v\(index)", "up") }

  @discardableResult private static func run(_ words: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CommandFailed(words: words) }
    return 0
  }

  private struct CommandFailed: Error { let words: [String] }
}
