import ArgumentParser
import Diagnosis
import Failures
import Hosting
import Launching
import Terminal
import Training

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check whether this machine, and others that ssh reaches, can train.",
    discussion: """
      Prints a line for each check: ok, a warning where something will be slow or missing in some runs, or a problem that \
      makes runs fail. Nothing is changed; the file that is written to test the disk is removed.

      EXAMPLES
        tare doctor
        tare doctor --host a --host user@b
            whether ssh reaches them without asking for anything, and finds the
            same version of tare there
        tare doctor --output /scratch/runs --interface 10.0.0.0/8 --json

      EXIT CODES
        0 no problem, 1 a problem, 64 an invalid flag, 74 the result cannot be written
      """)

  @Option(help: ArgumentHelp("Where runs will be written.", valueName: "folder"), completion: .directory)
  var output = UserPath("runs")

  @Option(help: ArgumentHelp("Another machine to reach over ssh; may be repeated.", valueName: "host"))
  var host: [String] = []

  @Option(
    help: ArgumentHelp(
      "Networks by which other machines reach this one: eth1, 10.0.0.0/8 or ^docker0 (default: all that lead outward).",
      valueName: "names"))
  var interface: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// Until ssh or Slurm must have answered, in seconds.
  private static let deadline = 20.0

  func run() throws {
    let hosts = try host.flatMap { try HostList($0).entries }
    let interfaces = try interfaces()
    let examination = PartialResult(Examination(checks: []))
    if json { examination.followSignals() }
    let findings = examine(hosts, interfaces) { found in examination.update { $0.checks = found } }
    if json {
      try examination.finish()
    } else {
      for line in Self.lines(findings) { try print(line) }
    }
    if findings.worst == .problem { throw ReportedFailure() }
  }

  private struct Examination: Encodable {
    var checks: [Finding]

    private enum CodingKeys: CodingKey { case status, checks }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(checks.worst, forKey: .status)
      try container.encode(checks, forKey: .checks)
    }
  }

  /// Loopback, and those that a run would use.
  private func interfaces() throws -> [NetworkAddresses.Interface] {
    let all = NetworkAddresses.all()
    let reachable = NetworkAddresses.reachable(all)
    let chosen =
      try interface.map { try InterfaceChoice($0).select(from: all) } ?? all.filter { reachable.contains($0.address) }
    return [PortFacts.loopback] + chosen.filter { $0 != PortFacts.loopback }
  }

  /// - Parameter told: of all findings so far, before and after what may take long.
  private func examine(
    _ hosts: [HostList.Entry], _ interfaces: [NetworkAddresses.Interface], told: ([Finding]) -> Void
  ) -> [Finding] {
    let start = ClockFacts.Reading()
    var findings = LinkedLibrary.findings() {
      didSet { told(findings) }
    }
    findings += [
      InstructionFacts().finding, ProcessorFacts().finding, MemoryFacts().finding, OpenFileFacts().finding,
      SharedMemoryFacts().finding, FileSystemFacts(of: output.text).finding,
    ]
    findings += PortFacts.findings(interfaces.map { PortFacts(at: $0) })
    findings.append(ShellFacts.finding(ofProgram: (try? Program(ShellStarter.remoteShell[0]))?.path))
    for entry in hosts where !entry.isLocal {
      let answer = RemoteProgram.answer(of: entry, within: Self.deadline)
      findings.append(ShellFacts(host: entry.name, answer: answer).finding(version: VersionReport.firstLine))
    }
    findings.append(SlurmFacts(within: Self.deadline).finding)
    findings.append(ClockFacts(from: start, to: ClockFacts.Reading()).finding)
    return findings
  }

  private static func lines(_ findings: [Finding]) -> [String] {
    var table = TextTable(header: ["CHECK", "STATUS", "FOUND"], of: .words)
    for finding in findings { table.append([finding.check, finding.status.rawValue, finding.found]) }
    let advice = findings.compactMap { finding in finding.advice.map { "\(finding.check): \($0)" } }
    let counts = [Finding.Status.problem, .warning].map { status in findings.count { $0.status == status } }
    return table.lines + (advice.isEmpty ? [] : [""] + advice) + [
      "", "\(counted(findings.count, "check")): \(counted(counts[0], "problem")), \(counted(counts[1], "warning"))",
    ]
  }
}
