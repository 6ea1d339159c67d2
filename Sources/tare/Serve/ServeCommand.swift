import ArgumentParser
import Failures
import Foundation
import Launching
import Serving

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Show the report in a browser, live while runs train.",
    discussion: """
      The page is that of tare report. It asks once a second for what is new, and what was chosen in it stays chosen. The \
      files are read again only when they have changed and somebody looks; nothing is asked of the runs, nothing is written.

      Only this machine can see it. From another one, make a tunnel and open http://127.0.0.1:8080 there:
        ssh -t -L 8080:127.0.0.1:8080 HOST tare serve --port 8080

      EXAMPLES
        tare serve
            the run or sweep below runs/ that began last
        tare serve runs/paper
        tare serve runs/a runs/b --port 8080

      PATHS
        /                      the page
        /data.json             what it draws, with an ETag: who sends that back gets 304 until something changes

      EXIT CODES
        64 no runs, or a flag is wrong, 74 the port can't be opened, 130 and 143 ended by a signal
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders of runs, sweeps and claims; without one the newest below runs/.", valueName: "run|sweep"),
    completion: .directory)
  var folders: [String] = []

  @Option(help: ArgumentHelp("A port of 127.0.0.1; 0 takes one that is free.", valueName: "n"))
  var port = 0

  func run() throws {
    guard let number = UInt16(exactly: port) else {
      throw UsageError(field: "port", "--port is \(port); accepted: 0 to 65535.")
    }
    // Nothing is open that another could miss: a signal ends it at once.
    Signals.follow { _exit(ExitCode.stopped(by: $0)) }
    let report = try LiveReport(folders: folders.isEmpty ? [NewestRun.path(below: "runs")] : folders)
    Task {
      do {
        try await ReportServer.serve(report, port: number) { port in
          print("http://127.0.0.1:\(port)/")
          fflush(nil)
        }
      } catch {
        Ending(of: error).exitProcess()
      }
    }
    // Not dispatchMain(): its thread would take the signals that are held back for `Signals`.
    DispatchSemaphore(value: 0).wait()
  }
}
