import ArgumentParser
import Failures

/// What `tare train` shows of the run to other programs; neither changes the run.
struct MonitoringOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Serve the run's metrics to Prometheus while it trains, at /metrics on this port of 127.0.0.1; 0 takes a free one.",
      valueName: "n"))
  var metricsPort: Int?

  @Option(
    help: ArgumentHelp(
      "Write what each thread of the run's processes worked on to this file, in place of one that is there; for Perfetto or "
        + "chrome://tracing.",
      valueName: "file"), completion: .file())
  var trace: UserPath?

  func port() throws -> UInt16? {
    guard let metricsPort else { return nil }
    guard let port = UInt16(exactly: metricsPort) else {
      throw UsageError(field: "metrics-port", "--metrics-port is \(metricsPort); accepted: 0 to 65535.")
    }
    return port
  }
}
