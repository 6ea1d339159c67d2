import Failures
import Foundation
import Launching

/// Hosts on this machine: each has a network namespace, with an address and a link of a bandwidth to a switch.
///
/// The namespaces have no names. Each lasts as long as the process that holds it, which ends with this one, whatever ends
/// that: nothing of them has to be removed.
struct EmulatedNetwork {
  /// The programs that it takes.
  struct Tools {
    let ip: Program
    let tc: Program
    let unshare: Program
    let nsenter: Program
    /// Holds a namespace until its stdin ends.
    let cat: Program

    /// - Throws: `RunError` if there is one missing, or this process may not make namespaces.
    init() throws(RunError) {
      do {
        ip = try Program("ip")
        tc = try Program("tc")
        unshare = try Program("unshare")
        nsenter = try Program("nsenter")
        cat = try Program("cat")
        _ = try unshare.output(["--net", "--", ip.path, "link", "add", "probe", "type", "bridge"])
      } catch {
        throw RunError(
          ExitCode.unavailable,
          "--emulate makes network namespaces with ip, tc, unshare and nsenter, and \(error.description); accepted: "
            + "root, or 'unshare --user --map-root-user tare simulate …'")
      }
    }
  }

  private let tools: Tools
  private let hosts: [pid_t]

  /// Bytes that a link lets through at once after a pause: as few as the timers of a busy machine allow.
  private static func burst(_ bytesPerSecond: Double) -> Int { max(32_768, Int(bytesPerSecond * 5e-4)) }
  /// Bytes of the packets that hosts make. Those above the burst would be cut by the processor, which costs more than all else.
  private static func packet(_ burst: Int) -> Int { min(65_536, burst / 2) }
  /// Of the switch's memory for each link, in seconds of its bandwidth.
  private static let memory = 0.2

  static func address(_ host: Int) -> String { "10.0.\((host + 1) / 250).\((host + 1) % 250 + 1)" }

  /// - Parameters:
  ///   - bytesPerSecond: of each link, in both directions.
  ///   - processes: where those that hold the namespaces belong.
  init(
    hosts count: Int, bytesPerSecond: Double, _ tools: Tools, in processes: EmulatedProcesses, log: Int32
  ) throws {
    self.tools = tools
    func hold(_ name: String) throws -> pid_t {
      let process = try processes.start(name, tools.unshare, ["--net", "--", tools.cat.path], log: log)
      try Self.waitForNamespace(of: process)
      return process
    }
    let hub = try hold("the switch")
    hosts = try (0..<count).map { try hold("host \($0)") }
    try configure(hub, tools.ip, ["link add bridge0 type bridge", "link set bridge0 up"])
    let bits = Int((bytesPerSecond * 8).rounded())
    let burst = Self.burst(bytesPerSecond)
    let limit = "root tbf rate \(bits)bit burst \(burst) latency \(Int(Self.memory * 1000))ms"
    try configure(
      hub, tools.ip,
      hosts.enumerated().flatMap { host, process in
        [
          "link add port\(host) type veth peer name eth0 netns \(process)",
          "link set port\(host) master bridge0 up",
        ]
      })
    try configure(hub, tools.tc, hosts.indices.map { "qdisc add dev port\($0) \(limit)" })
    for (host, process) in hosts.enumerated() {
      try configure(
        process, tools.ip,
        [
          "link set eth0 gso_max_size \(Self.packet(burst))", "addr add \(Self.address(host))/16 dev eth0",
          "link set eth0 up", "link set lo up",
        ])
      try configure(process, tools.tc, ["qdisc add dev eth0 \(limit)"])
    }
  }

  /// Program and arguments that run this program on a host.
  func command(on host: Int, _ arguments: [String]) -> (program: Program, arguments: [String]) {
    (tools.nsenter, Self.entering(hosts[host]) + ["/proc/\(getpid())/exe"] + arguments)
  }

  private static func entering(_ process: pid_t) -> [String] { ["--net=/proc/\(process)/ns/net", "--"] }

  private func configure(_ process: pid_t, _ tool: Program, _ lines: [String]) throws(RunError) {
    _ = try tools.nsenter.output(
      Self.entering(process) + [tool.path, "-batch", "-"], input: lines.map { $0 + "\n" }.joined())
  }

  /// Waits until the process has left this one's namespace.
  private static func waitForNamespace(of process: pid_t) throws(RunError) {
    func namespace(_ process: String) -> String? {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/net")
    }
    let own = namespace("self")
    for _ in 0..<5000 {
      if let other = namespace("\(process)"), other != own { return }
      Thread.sleep(forTimeInterval: 0.001)
    }
    throw RunError(ExitCode.unavailable, "a network namespace takes longer than 5 s to make")
  }
}
