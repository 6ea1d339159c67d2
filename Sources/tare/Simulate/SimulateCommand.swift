import ArgumentParser
import Failures
import Parameters
import Simulation
import Terminal

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run the protocol under a simulated clock: with injected faults, or on a cluster of any size.",
    discussion: """
      Without --network, faults are simulated. With it, the speed of a run on a cluster is.

      FAULTS OF THE PROTOCOL
      Each seed determines a run: its members, and which of them crash, pause, are partitioned or drained, and when. It \
      must end with the bits and the metrics of a fault-free run, and no member that is alive, awake and connected may be \
      declared failed. A seed that violates this is shrunk to fewer faults and printed; the exit code is then 1.

      A table at the end says how often each guard of the state machines has refused an event that it must not act on. \
      Of 10,000 seeds or more each guard has to be exercised; otherwise the exit code is 1, too.

      A CLUSTER
      The coordinator, servers and workers of a run exchange their real messages over the full-duplex links of hosts, \
      under a simulated clock; computing, adding, updating, messages and sockets take the time that they take here, by \
      'tare bench' or by flags. For each number of workers, the table has the best number of servers and of microbatches, \
      the time of a step, its efficiency, and what bounds it. Evaluations and checkpoints are not among the steps.

      With --emulate, each cluster also runs as real processes on this machine, in network namespaces, with links of \
      --bandwidth; its workers wait for the microbatch time in place of computing. Nothing is trained, recorded or left. It \
      takes root, or 'unshare --user --map-root-user tare simulate …'.

      EXAMPLES
        tare simulate --seeds 1000000
        tare simulate --seed 4711
            the transcript of one seed
        tare simulate --fault optimizerStateNotKept
            what a bug in the protocol would look like
        tare simulate --network conv4 --workers 1..1024 --bandwidth 10Gbit \\
            --latency 50us
            how far a run scales
        tare simulate --network conv4 --workers 64 --servers 1..64 \\
            --straggler 2%:3x --costs bench.json
            with the costs that 'tare bench --json > bench.json' found on another machine
        tare simulate --network conv4 --workers 1,2,4 --servers 1 \\
            --microbatches 1 --bandwidth 1Gbit --emulate
            beside real processes on this machine

      EXIT CODES
        0 done, 1 a violation, 64 an invalid flag, 65 a file of costs that lacks some, \
      69 --emulate can't make network namespaces, or one of its processes fails, 70 an error in Tare, \
      74 costs that cannot be read, or a figure that cannot be written

      NAMES OF FAULTS
      \(faults)
      """)

  private static var faults: String {
    ProtocolFault.allCases.map { "  \($0.rawValue)\n      \($0.sentence)" }.joined(separator: "\n")
  }

  @Option(
    name: .customLong("seeds"), parsing: .unconditional,
    help: ArgumentHelp("Number of seeds to run (default: 10000).", valueName: "n"))
  var givenSeeds: UInt64?

  @Option(parsing: .unconditional, help: ArgumentHelp("The first seed (default: 0).", valueName: "seed"))
  var from: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Run this seed alone and print its transcript; with --network, the seed of stragglers.", valueName: "seed"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Plant a bug in the protocol.", valueName: "name"))
  var fault: String?

  @OptionGroup(title: "A cluster") var cluster: ClusterOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var progress: ProgressOption

  private var seeds: UInt64 { givenSeeds ?? 10_000 }

  func run() throws {
    if let network = cluster.network { return try simulateCluster(network) }
    if let flag = cluster.given.first {
      throw UsageError(
        field: flag, "--\(flag) describes a cluster, and there is no --network; accepted: --\(flag) beside --network.")
    }
    guard (1...1_000_000_000_000).contains(seeds) else {
      throw UsageError(field: "seeds", "--seeds is \(seeds); accepted: 1 to 10¹².")
    }
    let first = from ?? 0
    guard first <= UInt64.max - seeds else {
      throw UsageError(
        field: "from", "--from is \(first); accepted: 0 to \(UInt64.max - seeds) for \(counted(Int(seeds), "seed")).")
    }
    let planted = try fault.map { name throws(UsageError) in
      guard let fault = ProtocolFault(rawValue: name) else {
        throw .unknown("fault", name, accepted: ProtocolFault.allCases.map(\.rawValue), field: "fault")
      }
      return fault
    }
    if let seed {
      let finding = try Simulator.play(seed: seed, planting: planted, transcript: true)
      if json { try print(JSONOutput.text(of: SimulatedFaults.Run(finding))) } else { try show(finding) }
      if finding.violation != nil { throw ReportedFailure() }
      return
    }
    let simulated = PartialResult(SimulatedFaults())
    if json { simulated.followSignals() }
    let meter = try progress.meter("simulate", of: Int(seeds), "seeds")
    let summary = try Simulator.playBlocks(of: first..<first + seeds, planting: planted) { summary, seeds in
      meter.advance(by: seeds)
      simulated.update { $0.add(summary, seeds: seeds) }
    }
    meter.end()
    guard !json else {
      let run = try summary.failure.map { try SimulatedFaults.Run(Simulator.shrink($0.schedule, planting: planted)) }
      simulated.update { $0.violation = run }
      try simulated.finish()
      if run != nil || planted == nil && isUnexercised(summary.coverage) { throw ReportedFailure() }
      return
    }
    if let failure = summary.failure {
      try print("seed \(failure.schedule.seed): \(failure.violation ?? "")")
      try show(Simulator.shrink(failure.schedule, planting: planted))
      throw ReportedFailure()
    }
    try print("\(counted(Int(seeds), "seed")), \(counted(summary.events, "event")): no violation")
    if planted == nil { try show(summary.coverage) }
  }

  private func show(_ coverage: GuardCoverage) throws {
    var table = TextTable(header: ["GUARD", "TIMES"])
    for each in GuardCoverage.guards { table.append(["\(each)", "\(coverage[each])"]) }
    for line in table.lines { try print(line) }
    guard isUnexercised(coverage) else { return }
    let names = coverage.missing.map(\.description).joined(separator: ", ")
    try print("never exercised in \(counted(Int(seeds), "seed")): \(names)")
    throw ReportedFailure()
  }

  /// Whether a guard was never exercised although there were seeds enough.
  private func isUnexercised(_ coverage: GuardCoverage) -> Bool { seeds >= 10_000 && !coverage.missing.isEmpty }

  private func show(_ finding: Simulator.Finding) throws {
    let schedule = finding.schedule
    try print(
      "\(counted(schedule.servers, "server")), \(counted(schedule.workers, "worker")), "
        + "\(counted(schedule.microbatches, "microbatch", plural: "microbatches")), "
        + "\(counted(schedule.steps, "step")) of \(schedule.rule), wire \(schedule.wire.rawValue); "
        + "evaluation every \(schedule.evaluateEvery), checkpoint every "
        + "\(schedule.checkpointEvery), report every \(schedule.reportEvery); \(schedule.isLocal ? "local" : "remote")")
    for line in finding.transcript { try print(line) }
    try print(finding.violation.map { "VIOLATION \($0)" } ?? "no violation")
  }
}
