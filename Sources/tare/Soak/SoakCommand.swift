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
    abstract: "Train for long, or start and stop again and again, and see that nobody is missed and nothing is left.",
    discussion: """
      Nobody is disturbed on purpose. --minutes trains with twice as many workers as processors, unless told otherwise: \
      whoever is taken for dead is alive, and the deadlines are too short. --starts starts a small run, in turns with \
      processes and with threads, and lets it end or stops it while it joins, trains or evaluates: no process, thread, \
      socket, shared memory or file handle may be left. The exit code is 1 if anything was lost.

      EXAMPLES
        tare soak --minutes 60
        tare soak plan.yaml --minutes 600 --set execution.workers=16
        tare soak --starts 1000
      """)

  @OptionGroup var options: PlanOptions

  @Option(help: ArgumentHelp("How long to train.", valueName: "m"))
  var minutes: Double?

  @Option(help: ArgumentHelp("How often to start a run.", valueName: "n"))
  var starts: Int?

  @Option(help: ArgumentHelp("Decides when a run is stopped.", valueName: "seed"))
  var seed = 1

  func run() throws {
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
      Interruption.follow(first: { notices.post(.signal($0)) }, second: { scratch.remove() })
      let soak = LongSoak(spec: try spec(of: LongSoak.settings, in: scratch), seconds: minutes * 60, notices: notices)
      (lines, isGood) = try soak.run()
    case (nil, let starts?):
      guard (1...1_000_000).contains(starts) else {
        throw UsageError(field: "starts", "--starts is \(starts); accepted: 1 to 1000000.")
      }
      Interruption.follow(
        first: { number in
          scratch.remove()
          _exit(ExitCode.stopped(by: number))
        }, second: {})
      // Whatever a run leaves among its sockets lies here.
      guard unsafe setenv("TMPDIR", scratch.path, 1) == 0 else { throw RunError(ExitCode.software, "setenv failed") }
      let soak = StartSoak(spec: try spec(of: StartSoak.settings, in: scratch), count: starts, seed: seed)
      (lines, isGood) = try soak.run(in: scratch.path)
    default:
      throw UsageError(field: "minutes", "one of --minutes and --starts is needed, such as --minutes 60.")
    }
    for line in lines { print(line) }
    if !isGood { throw PromiseBroken() }
  }

  /// The soak's own fields, then the plan, then `--set`.
  private func spec(of fields: [String], in scratch: ScratchFolder) throws -> RunSpec {
    var spec = try options.spec(over: fields)
    spec.execution.output = scratch.path + "/run"
    return spec
  }
}
