import ArgumentParser
import Failures
import Foundation
import Launching
import Roles
import Specification
import Transport

struct SoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak",
    abstract:
      "Train for a long time, or start and stop runs repeatedly, and check for false failure detections and leaks.",
    discussion: """
      No faults are injected. --minutes trains with twice as many workers as processors, unless the plan says otherwise: \
      any member declared failed is a false failure detection. --starts is start/stop cycling: it starts a small run \
      again and again, alternating between processes and threads, and lets it finish or stops it while it joins, trains \
      or evaluates; no process, thread, socket, shared memory or file handle may leak. The exit code is 1 if a check fails.

      EXAMPLES
        tare soak --minutes 60
        tare soak plan.yaml --minutes 600 --set execution.workers=16
        tare soak --starts 1000
      """)

  @OptionGroup var options: PlanOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Minutes to train.", valueName: "m"))
  var minutes: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of start/stop cycles.", valueName: "n"))
  var starts: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Determines when each run is stopped.", valueName: "seed"))
  var seed = 1

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var progress: ProgressOption

  /// What `--json` prints.
  private struct Findings: Encodable, Sendable {
    /// Whether all checks hold; `nil` before the end.
    var isGood: Bool?
    var lines: [String] = []
  }

  func run() throws {
    let findings = PartialResult(Findings())
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let lines: [String]
    let isGood: Bool
    switch (minutes, starts) {
    case (let minutes?, nil):
      guard minutes > 0, minutes <= 100_000 else {
        throw UsageError(field: "minutes", "--minutes is \(minutes); accepted: a number above 0, at most 100000.")
      }
      let notices = try Mailbox<CoordinatorRole.Notice>()
      SignalHandling.follow(first: { notices.post(.signal($0)) }, second: { scratch.remove() })
      let soak = LongSoak(
        spec: try spec(of: LongSoak.settings, in: scratch), seconds: minutes * 60, notices: notices,
        meter: try progress.meter("soak", seconds: minutes * 60))
      do { (lines, isGood) = try soak.run() } catch {
        if json { findings.end(after: error) }
        throw error
      }
    case (nil, let starts?):
      guard (1...1_000_000).contains(starts) else {
        throw UsageError(field: "starts", "--starts is \(starts); accepted: 1 to 1000000.")
      }
      ProcessExit.followSignals { [json] in
        if json { findings.interrupt() }
        scratch.remove()
      }
      // Socket files of the runs go here.
      guard unsafe setenv("TMPDIR", scratch.path, 1) == 0 else { throw RunError(ExitCode.software, "setenv failed") }
      let soak = StartSoak(
        spec: try spec(of: StartSoak.settings, in: scratch), count: starts, seed: seed,
        meter: try progress.meter("soak", of: starts, "runs"))
      (lines, isGood) = try soak.run(in: scratch.path)
    default:
      throw UsageError(field: "minutes", "exactly one of --minutes and --starts is required, such as --minutes 60.")
    }
    if json {
      findings.update { $0 = Findings(isGood: isGood, lines: lines) }
      try findings.finish()
    } else {
      for line in lines { try print(line) }
    }
    if !isGood { throw ReportedFailure() }
  }

  /// The soak's own fields, then the plan, then `--set`.
  private func spec(of fields: [String], in scratch: ScratchFolder) throws -> RunSpec {
    var spec = try options.spec(over: fields)
    spec.execution.output = scratch.path + "/run"
    return spec
  }
}
