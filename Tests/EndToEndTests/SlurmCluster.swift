import Foundation
import TestSupport
import Testing

/// A cluster of Slurm on this machine: munged, slurmctld and three slurmd with everything of theirs in one folder. Its processes
/// and those of its jobs are known by a variable in their environment, and end with their owner.
final class SlurmCluster {
  /// Processors of each node.
  static let cores = 2
  static let nodes = ["n1", "n2", "n3"]

  private let base: String
  private let mark: String
  private let environment: [String: String]
  private var daemons: [SpawnedProcess] = []

  static let isPossible =
    geteuid() == 0
    && ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"].allSatisfy {
      FileManager.default.isExecutableFile(atPath: $0)
    } && FileManager.default.fileExists(atPath: "/sys/fs/cgroup")

  /// Returns when all nodes are idle.
  init(in folder: TemporaryFolder) throws {
    base = folder.file("slurm")
    mark = "TARE_CLUSTER=\(UUID().uuidString)"
    let parts = mark.split(separator: "=").map(String.init)
    // Without what a job of another cluster may have left.
    environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLURM") }.merging(
      [parts[0]: parts[1], "SLURM_CONF": "\(base)/slurm.conf"], uniquingKeysWith: { $1 })
    for name in ["munge", "state"] + Self.nodes {
      try FileManager.default.createDirectory(atPath: "\(base)/\(name)", withIntermediateDirectories: true)
    }
    // munged wants nobody else to be able to write where its socket is.
    unsafe chmod("\(base)/munge", 0o755)
    let key = Data((0..<128).map { _ in UInt8.random(in: 0...255) })
    try key.write(to: URL(filePath: "\(base)/munge/key"))
    unsafe chmod("\(base)/munge/key", 0o400)
    try Data(try configuration().utf8).write(to: URL(filePath: "\(base)/slurm.conf"))
    let munge = "\(base)/munge"
    try start(
      "/usr/sbin/munged", "--foreground", "--force", "--key-file=\(munge)/key", "--socket=\(munge)/socket",
      "--pid-file=\(munge)/pid", "--log-file=\(munge)/log", "--seed-file=\(munge)/seed")
    try wait("munged listens") { FileManager.default.fileExists(atPath: "\(munge)/socket") }
    try start("/usr/sbin/slurmctld", "-D", "-c")
    for node in Self.nodes { try start("/usr/sbin/slurmd", "-D", "-N", node) }
    try wait("all nodes are idle") {
      let states = (try? run("sinfo", "--Node", "--noheader", "--format=%N %t")) ?? ""
      return Self.nodes.allSatisfy { states.contains("\($0) idle\n") }
    }
  }

  /// Ends the daemons and whatever jobs have left.
  deinit {
    for daemon in daemons { daemon.signal(SIGKILL) }
    for id in stepDaemons.values { kill(id, SIGKILL) }
    while case let rest = processes, !rest.isEmpty { for process in rest { kill(process.id, SIGKILL) } }
    for daemon in daemons { _ = daemon.waitForEnd(within: Deadline.event) }
  }

  /// For a `TareProcess`.
  var variables: [String: String] { environment }

  /// All of the cluster and its jobs.
  private var processes: [RunningProcess] { RunningProcess.all(withEnvironment: mark) }

  /// The processes of `tare` in jobs, and what it has started there.
  var members: [RunningProcess] {
    processes.filter { process in
      process.arguments.first.map { ["tare", "srun"].contains(($0 as NSString).lastPathComponent) } ?? false
    }
  }

  /// The process that leads the run.
  var coordinator: RunningProcess? { members.first { $0.arguments.dropFirst().first == "train" } }

  /// The agent on a node.
  func agent(on node: String) -> RunningProcess? {
    let ids = Set(RunningProcess.all(withEnvironment: "SLURMD_NODENAME=\(node)").map(\.id))
    return members.first { ids.contains($0.id) && $0.arguments.dropFirst().first == "host" }
  }

  /// Slurm's daemon for the agent on a node.
  func stepDaemon(of job: String, on node: String) -> pid_t? { stepDaemons["\(base)/\(node)/\(node)_\(job).0"] }

  /// Slurm's daemons for steps, by the sockets on which they listen: where they had their environment, they put a title.
  private var stepDaemons: [String: pid_t] {
    var sockets: [String: String] = [:]
    // Num RefCount Protocol Flags Type St Inode Path
    for line in Self.content(of: "/proc/net/unix").split(separator: "\n").dropFirst() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 7, words[7].hasPrefix(base + "/") { sockets["socket:[\(words[6])]"] = String(words[7]) }
    }
    var found: [String: pid_t] = [:]
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap(pid_t.init) ?? []
    for id in numbers where Self.content(of: "/proc/\(id)/cmdline").hasPrefix("slurmstepd: ") {
      let folder = "/proc/\(id)/fd"
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") else {
          continue
        }
        if let path = sockets[target] { found[path] = id }
      }
    }
    return found
  }

  /// Runs a command of Slurm; what it wrote to stdout.
  @discardableResult func run(_ words: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(words): \(complaint)")
    return said
  }

  /// `JobState`, `ExitCode` or another field of a job.
  func field(_ name: String, of job: String) throws -> String {
    let words = try run("scontrol", "show", "job", job).split(whereSeparator: \.isWhitespace)
    let word = try #require(words.first { $0.hasPrefix("\(name)=") }, "job \(job) has no \(name)")
    return String(word.dropFirst(name.count + 1))
  }

  /// Waits until the job is in one of `states`; which.
  @discardableResult func wait(for job: String, _ states: String...) throws -> String {
    var state = ""
    try wait("job \(job) is \(states)") {
      state = (try? field("JobState", of: job)) ?? ""
      return states.contains(state)
    }
    return state
  }

  /// Waits until a file contains `text`.
  func wait(for text: String, in path: String) throws {
    try wait("\(path) contains \"\(text)\"") { Self.content(of: path).contains(text) }
  }

  /// Waits until no process of `tare` is there.
  func waitForNobody() throws { try wait("no member is left") { members.isEmpty } }

  static func content(of path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  func wait(_ what: String, until isThere: () throws -> Bool) throws {
    let last = ContinuousClock.now + .seconds(Deadline.event)
    while try !isThere() {
      try #require(ContinuousClock.now < last, "not in time: \(what); \(Self.content(of: "\(base)/log"))")
      // Slurm tells nobody; its commands take as long as this.
      usleep(50_000)
    }
  }

  private func start(_ program: String, _ arguments: String...) throws {
    let log = unsafe open("\(base)/log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    defer { close(log) }
    daemons.append(
      try SpawnedProcess(program, arguments, environment: environment, output: log, errors: log))
  }

  private func configuration() throws -> String {
    let ports = try LoopbackPort.free(Self.nodes.count + 1)
    let host = ProcessInfo.processInfo.hostName.split(separator: ".").first ?? "localhost"
    let nodes = zip(Self.nodes, ports.dropFirst()).map { name, port in
      "NodeName=\(name) NodeHostname=\(host) NodeAddr=127.0.0.1 Port=\(port) CPUs=\(Self.cores) RealMemory=100"
    }
    return """
      ClusterName=tare
      SlurmctldHost=\(host)(127.0.0.1)
      SlurmctldPort=\(ports[0])
      SlurmUser=root
      SlurmdUser=root
      AuthType=auth/munge
      CredType=cred/munge
      # A job that is requeued waits until the credentials of its last start have expired.
      AuthInfo=socket=\(base)/munge/socket,cred_expire=5
      ProctrackType=proctrack/linuxproc
      TaskPlugin=task/none
      MpiDefault=none
      SwitchType=switch/none
      JobAcctGatherType=jobacct_gather/none
      AccountingStorageType=accounting_storage/none
      SelectType=select/cons_tres
      SelectTypeParameters=CR_Core
      SchedulerParameters=batch_sched_delay=0,sched_interval=2
      SlurmdParameters=config_overrides
      ReturnToService=2
      KillWait=30
      SlurmctldPidFile=\(base)/slurmctld.pid
      SlurmdPidFile=\(base)/slurmd-%n.pid
      SlurmdSpoolDir=\(base)/%n
      StateSaveLocation=\(base)/state
      \(nodes.joined(separator: "\n"))
      PartitionName=debug Nodes=\(Self.nodes.joined(separator: ",")) Default=YES MaxTime=INFINITE State=UP

      """
  }
}
