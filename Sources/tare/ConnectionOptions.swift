import ArgumentParser
import Coordination
import Failures

/// How a process finds its way to a run, and how long it tries: of members and of hosts.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A file with the run's key (default: the environment variable TARE_KEY).", valueName: "path"))
  var keyFile: UserPath?

  @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait for the run.", valueName: "seconds"))
  var patience = 60.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long to wait for a run that has fallen silent, before giving up.", valueName: "seconds"))
  var rejoinDeadline = Timing.rejoining

  func check() throws {
    for (flag, value) in [("patience", patience), ("rejoin-deadline", rejoinDeadline)] {
      guard value > 0, value <= 86400 else {
        throw UsageError(field: flag, "--\(flag) is \(value); accepted: a number above 0, at most 86400.")
      }
    }
  }
}
