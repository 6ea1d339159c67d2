import ArgumentParser
import Failures
import Foundation
import Parameters
import Simulation
import Specification

/// The flags of `tare simulate` that describe a cluster.
struct ClusterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Simulate this network on a cluster: mlp, conv3 or conv4.", valueName: "name"))
  var network: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Numbers of workers (default: 1..64).", valueName: "counts"))
  var workers: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers of servers to choose the best of (default: 1, 2, 4, … up to the workers).", valueName: "counts"))
  var servers: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Microbatches of a worker in a step, to choose the best of (default: 1..8).", valueName: "counts"))
  var microbatches: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hosts that the members are dealt out to (default: one for each member and the coordinator).", valueName: "n"))
  var hosts: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Compute threads of a worker (default: 1).", valueName: "n"))
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of a host's link, in each direction (default: 10Gbit).", valueName: "rate"))
  var bandwidth: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("From one host to another (default: 50us).", valueName: "time"))
  var latency: String?

  @Option(
    help: ArgumentHelp(
      "What gradients and weights are rounded to on their way: "
        + "\(WireFormat.allCases.map(\.rawValue).joined(separator: ", ")) (default: float32).", valueName: "format"))
  var wire: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Part of the steps of workers that take longer, and how many times as long, as 2%:3x.", valueName: "share:factor")
  )
  var straggler: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Simulated steps (default: 20).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Costs from a file of 'tare bench --json' (default: measured now).", valueName: "file"), completion: .file())
  var costs: UserPath?

  @Option(parsing: .unconditional, help: ArgumentHelp("Of a thread, for a microbatch of 32 images.", valueName: "time"))
  var microbatchTime: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At which a thread adds gradients, 12 bytes an element.", valueName: "rate"))
  var sumRate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At which a server updates weights, 20 bytes an element.", valueName: "rate"))
  var updateRate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of a process, for a message that it sends or takes in.", valueName: "time"))
  var messageTime: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At which a process's loop seals tensors for other hosts, and opens them.", valueName: "rate"))
  var sealRate: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Of a process's sockets, to and from other hosts.", valueName: "rate"))
  var socketRate: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Of a process's sockets, to and from the same host.", valueName: "rate")
  )
  var localRate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "That the loops and sockets of all processes share, as on one machine (default: one each; with --emulate, those of "
        + "this machine).", valueName: "n"))
  var cores: Int?

  @Flag(
    help: ArgumentHelp(
      "Also run each cluster as real processes in network namespaces of this machine, with links of --bandwidth, and workers "
        + "that wait for the microbatch time in place of computing."))
  var emulate = false

  @Option(
    help: ArgumentHelp("Draw the result into this SVG file, in place of one that is there.", valueName: "file.svg"),
    completion: .file(extensions: ["svg"]))
  var figure: UserPath?

  /// The flags that were given, other than `--network`.
  var given: [String] {
    let options: [(String, Bool)] = [
      ("workers", workers != nil), ("servers", servers != nil), ("microbatches", microbatches != nil),
      ("hosts", hosts != nil), ("threads", threads != nil), ("bandwidth", bandwidth != nil),
      ("latency", latency != nil), ("wire", wire != nil), ("straggler", straggler != nil), ("steps", steps != nil),
      ("costs", costs != nil),
      ("microbatch-time", microbatchTime != nil), ("sum-rate", sumRate != nil), ("update-rate", updateRate != nil),
      ("message-time", messageTime != nil), ("seal-rate", sealRate != nil), ("socket-rate", socketRate != nil),
      ("local-rate", localRate != nil), ("cores", cores != nil), ("emulate", emulate), ("figure", figure != nil),
    ]
    return options.filter(\.1).map(\.0)
  }
}

/// The flags, checked.
struct ClusterQuestion {
  let network: NetworkSpec.Preset
  let workers: [Int]
  /// None for those that suit the workers.
  let servers: [Int]
  let microbatches: [Int]
  let hosts: Int?
  let threads: Int
  let link: ClusterNetwork
  let wire: WireFormat
  let stragglers: ClusterPlan.Stragglers?
  let steps: Int
  let seed: UInt64
  let cores: Int?
  let emulates: Bool
  let given: GivenCosts

  /// Costs that flags give.
  struct GivenCosts {
    var microbatchSeconds: Double?
    var sumBytesPerSecond: Double?
    var updateBytesPerSecond: Double?
    var messageSeconds: Double?
    var sealBytesPerSecond: Double?
    var socketBytesPerSecond: Double?
    var localBytesPerSecond: Double?

    /// All of them; `nil` if one is missing.
    var all: ClusterCosts? {
      guard let microbatchSeconds, let sumBytesPerSecond, let updateBytesPerSecond, let messageSeconds,
        let sealBytesPerSecond, let socketBytesPerSecond, let localBytesPerSecond
      else { return nil }
      return ClusterCosts(
        microbatchSeconds: microbatchSeconds, sumBytesPerSecond: sumBytesPerSecond,
        updateBytesPerSecond: updateBytesPerSecond, messageSeconds: messageSeconds,
        sealBytesPerSecond: sealBytesPerSecond, socketBytesPerSecond: socketBytesPerSecond,
        localBytesPerSecond: localBytesPerSecond)
    }

    /// In place of those of `costs`.
    func replacing(_ costs: ClusterCosts) -> ClusterCosts {
      ClusterCosts(
        microbatchSeconds: microbatchSeconds ?? costs.microbatchSeconds,
        sumBytesPerSecond: sumBytesPerSecond ?? costs.sumBytesPerSecond,
        updateBytesPerSecond: updateBytesPerSecond ?? costs.updateBytesPerSecond,
        messageSeconds: messageSeconds ?? costs.messageSeconds,
        sealBytesPerSecond: sealBytesPerSecond ?? costs.sealBytesPerSecond,
        socketBytesPerSecond: socketBytesPerSecond ?? costs.socketBytesPerSecond,
        localBytesPerSecond: localBytesPerSecond ?? costs.localBytesPerSecond)
    }
  }

  init(_ options: ClusterOptions, network name: String, seed: UInt64) throws(UsageError) {
    guard let network = NetworkSpec.Preset.predefined.first(where: { $0.rawValue == name }) else {
      throw .unknown(
        "network", name, accepted: NetworkSpec.Preset.predefined.map(\.rawValue), field: "network")
    }
    self.network = network
    self.seed = seed
    emulates = options.emulate
    if emulates { try Self.checkEmulation(options) }
    cores =
      try Self.number("cores", options.cores, to: 1024)
      ?? (emulates ? ProcessInfo.processInfo.activeProcessorCount : nil)
    workers = try Self.counts("workers", options.workers ?? "1..64", to: 4096)
    servers = try options.servers.map { text throws(UsageError) in try Self.counts("servers", text, to: 1024) } ?? []
    microbatches = try Self.counts("microbatches", options.microbatches ?? "1..8", to: 256)
    hosts = try Self.number("hosts", options.hosts, to: 8192)
    threads = try Self.number("threads", options.threads, to: 1024) ?? 1
    steps = try Self.number("steps", options.steps, to: 1000) ?? 20
    link = ClusterNetwork(
      bytesPerSecond: try Self.rate("bandwidth", options.bandwidth) ?? 1.25e9,
      latencySeconds: try Self.time("latency", options.latency, to: 1) ?? 50e-6)
    guard let wire = WireFormat(rawValue: options.wire ?? WireFormat.float32.rawValue) else {
      throw .unknown("wire", options.wire ?? "", accepted: WireFormat.allCases.map(\.rawValue), field: "wire")
    }
    self.wire = wire
    if let text = options.straggler {
      guard let value = Quantity.stragglers(text) else {
        throw Self.refusal("straggler", text, Quantity.stragglers)
      }
      stragglers = value
    } else {
      stragglers = nil
    }
    given = GivenCosts(
      microbatchSeconds: try Self.time("microbatch-time", options.microbatchTime, above: 0),
      sumBytesPerSecond: try Self.rate("sum-rate", options.sumRate),
      updateBytesPerSecond: try Self.rate("update-rate", options.updateRate),
      messageSeconds: try Self.time("message-time", options.messageTime, to: 1),
      sealBytesPerSecond: try Self.rate("seal-rate", options.sealRate),
      socketBytesPerSecond: try Self.rate("socket-rate", options.socketRate),
      localBytesPerSecond: try Self.rate("local-rate", options.localRate))
  }

  /// Real processes take their time: they run only what was asked for.
  private static func checkEmulation(_ options: ClusterOptions) throws(UsageError) {
    let needed = [
      ("workers", options.workers), ("servers", options.servers), ("microbatches", options.microbatches),
    ]
    if let missing = needed.first(where: { $0.1 == nil })?.0 {
      throw UsageError(
        field: missing,
        "--emulate runs every cluster that is asked for, and --\(missing) is not given; accepted: --workers, "
          + "--servers and --microbatches beside --emulate.")
    }
    let others = [("straggler", options.straggler != nil), ("figure", options.figure != nil)]
    if let other = others.first(where: \.1)?.0 {
      throw UsageError(
        field: other, "--\(other) is of the simulation alone, and --emulate is given; accepted: one of the two.")
    }
  }

  private static func refusal(_ field: String, _ text: String, _ accepted: String) -> UsageError {
    UsageError(field: field, "--\(field) is \(text); accepted: \(accepted).")
  }

  private static func counts(_ field: String, _ text: String, to limit: Int) throws(UsageError) -> [Int] {
    guard let counts = Quantity.counts(text, to: limit) else {
      throw refusal(field, text, Quantity.counts(to: limit))
    }
    return counts
  }

  private static func number(_ field: String, _ value: Int?, to limit: Int) throws(UsageError) -> Int? {
    guard let value, !(1...limit).contains(value) else { return value }
    throw refusal(field, "\(value)", "1 to \(limit)")
  }

  private static func rate(_ field: String, _ text: String?) throws(UsageError) -> Double? {
    guard let text else { return nil }
    guard let rate = Quantity.bandwidth(text) else { throw refusal(field, text, Quantity.bandwidths) }
    return rate
  }

  private static func time(
    _ field: String, _ text: String?, above low: Double = -1, to limit: Double = 1000
  ) throws(UsageError) -> Double? {
    guard let text else { return nil }
    guard let time = Quantity.duration(text), time > low, time <= limit else {
      throw refusal(field, text, "\(Quantity.durations), \(low < 0 ? "" : "above 0 and ")up to \(Int(limit))s")
    }
    return time
  }
}
