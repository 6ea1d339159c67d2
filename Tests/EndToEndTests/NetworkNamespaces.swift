import Foundation
import Testing

/// Machines of their own on one kernel: each has an address, a link that can be cut, and nothing else. Removed with its owner.
final class NetworkNamespaces {
  private let prefix: String
  private let count: Int
  private let subnet: String
  private let network: Int
  private let delaying: DelayingSwitch?

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
  ///
  /// - Parameter quality: if given, of a switch in the bridge's place; its links can be neither cut nor limited.
  init(_ count: Int, quality: (delay: Double, loss: Double)? = nil) throws {
    self.count = count
    // Interfaces have at most 15 characters, and several of these may be there, in this process and others.
    prefix = "t" + String(getpid() % 46_656, radix: 36) + String(Int.random(in: 0..<46_656), radix: 36)
    network = Int.random(in: 0...255)
    subnet = "10.\(77 + Int(getpid()) % 100).\(network)"
    let ports = (1...count).map { [prefix] index in "\(prefix)v\(index)" }
    delaying = try quality.map { try DelayingSwitch(cables: ports, delay: $0.delay, loss: $0.loss) }
    if delaying == nil {
      try Self.run("ip", "link", "add", bridge, "type", "bridge")
      try Self.run("ip", "link", "set", bridge, "up")
    }
    for index in 1...count {
      try Self.run("ip", "netns", "add", space(index))
      if delaying == nil {
        try Self.run("ip", "link", "add", port(index), "type", "veth", "peer", "name", "eth0", "netns", space(index))
        try Self.run("ip", "link", "set", port(index), "master", bridge, "up")
      } else {
        try Self.run("ip", "link", "set", port(index), "netns", space(index), "name", "eth0")
      }
      try inside(index, "addr", "add", "\(address(index))/24", "dev", "eth0")
      try inside(index, "addr", "add", "\(address6(index))/64", "dev", "eth0", "nodad")
      // Named, so that others can be misled about it.
      try inside(index, "link", "set", "eth0", "address", hardwareAddress(index), "up")
      try inside(index, "link", "set", "lo", "up")
    }
  }

  deinit {
    for index in 1...count {
      if delaying == nil { _ = try? Self.run("ip", "link", "del", port(index)) }
      _ = try? Self.run("ip", "netns", "del", space(index))
    }
    if delaying == nil { _ = try? Self.run("ip", "link", "del", bridge) }
  }

  /// The interface of this process's namespace that everything of a machine passes.
  func port(_ index: Int) -> String { "\(prefix)v\(index)" }

  private var bridge: String { "\(prefix)b" }
  private func space(_ index: Int) -> String { "\(prefix)n\(index)" }
  private func hardwareAddress(_ index: Int) -> String { "02:7a:00:00:00:0\(index)" }

  func address(_ index: Int) -> String { "\(subnet).\(index)" }

  /// The machine's IPv6 address, beside the other one.
  func address6(_ index: Int) -> String {
    "fd77:\(String(getpid() % 65_536, radix: 16)):\(String(network, radix: 16))::\(index)"
  }

  /// For `TareProcess`: runs the program there.
  ///
  /// - Parameter names: a file that stands in for `/etc/hosts`.
  func script(_ index: Int, names: String? = nil) -> String {
    let enter = "exec nsenter --net=/run/netns/\(space(index))"
    guard let names else { return enter + " \"$0\" \"$@\"" }
    return enter + " unshare --mount sh -c 'mount --bind \(names) /etc/hosts && exec \"$0\" \"$@\"' \"$0\" \"$@\""
  }

  func cut(_ index: Int) throws { try Self.run("ip", "link", "set", port(index), "down") }

  func mend(_ index: Int) throws { try Self.run("ip", "link", "set", port(index), "up") }

  /// Nothing gets to this machine; what it sends arrives. The bridge believes that its address is behind another port.
  func deafen(_ index: Int) throws {
    let other = index == 1 ? 2 : 1
    try Self.run("bridge", "fdb", "replace", hardwareAddress(index), "dev", port(other), "master", "static", "sticky")
  }

  func undeafen(_ index: Int) throws {
    let other = index == 1 ? 2 : 1
    try Self.run("bridge", "fdb", "del", hardwareAddress(index), "dev", port(other), "master")
  }

  /// Nothing gets away from this machine; what others send arrives. It believes that all others have an address that nobody has.
  func silence(_ index: Int) throws {
    for other in 1...count where other != index {
      try inside(
        index, "neigh", "replace", address(other), "lladdr", "02:7a:00:00:00:ff", "dev", "eth0", "nud", "permanent")
    }
  }

  func unsilence(_ index: Int) throws {
    for other in 1...count where other != index {
      try inside(index, "neigh", "del", address(other), "dev", "eth0")
    }
  }

  /// Limits all links, both ways.
  ///
  /// - Parameter rate: as tc has it, such as 100mbit.
  func limit(to rate: String) throws {
    let filter = ["root", "tbf", "rate", rate, "burst", "64kb", "latency", "50ms"]
    for index in 1...count {
      try Self.run(["tc", "qdisc", "add", "dev", port(index)] + filter)
      try Self.run(["tc", "-n", space(index), "qdisc", "add", "dev", "eth0"] + filter)
    }
  }

  /// Adds an interface that leads nowhere.
  func addInterface(_ name: String, _ address: String, to index: Int) throws {
    try inside(index, "link", "add", name, "type", "bridge")
    try inside(index, "addr", "add", address, "dev", name)
    try inside(index, "link", "set", name, "up")
  }

  private func inside(_ index: Int, _ words: String...) throws { try Self.run(["ip", "-n", space(index)] + words) }

  private static func run(_ words: String...) throws { try run(words) }

  private static func run(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CommandFailed(words: words) }
  }

  private struct CommandFailed: Error { let words: [String] }
}
