import ArgumentParser
import Failures
import Foundation
import Reports
import Serving

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a report to a browser on this machine, live while runs train.",
    discussion: """
      The page is that of tare report, updated once a second; selections in it are kept. Files are read again only when \
      they have changed and a page is open; nothing is written, and the runs are not disturbed.

      The server listens on 127.0.0.1 only. From another machine, open a tunnel and then http://127.0.0.1:8080 there:
        ssh -t -L 8080:127.0.0.1:8080 HOST tare serve --port 8080

      EXAMPLES
        tare serve
            the newest run or sweep below runs/
        tare serve runs/paper
        tare serve runs/a runs/b --port 8080
        tare serve runs
            an overview of all runs and sweeps below runs/, with links to their pages

      PATHS
        /                      the page
        /data.json             its data, with an ETag; a conditional request gets 304 until something changes
        /metrics               the newest values of all runs, in the text format of Prometheus
        /at/FOLDER/            the page of one of an overview's folders, and data.json in it

      EXIT CODES
        64 no runs, or an invalid flag, 74 the port cannot be opened,
        129, 130 and 143 stopped by a signal
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders of runs, sweeps and claims (default: the newest below runs/).", valueName: "run|sweep"),
    completion: .directory)
  var folders: [UserPath] = []

  @Option(parsing: .unconditional, help: ArgumentHelp("The port of 127.0.0.1; 0 takes a free one.", valueName: "n"))
  var port = 0

  func run() throws {
    guard let number = UInt16(exactly: port) else {
      throw UsageError(field: "port", "--port is \(port); accepted: 0 to 65535.")
    }
    ProcessExit.followSignals()
    let folders = folders.isEmpty ? [try NewestRun.path(below: "runs")] : self.folders.map(\.text)
    let root = folders.count == 1 ? RootOverview(of: folders[0]) : nil
    let progress = WatchedFolders()
    let served = root.map { ServedRoot($0, describe: { progress.lines(of: [$0]) }) }
    let report = served == nil ? try LiveReport(folders: folders) { progress.lines(of: folders) } : nil
    Task {
      do {
        if let served { try await ReportServer.serve(served, port: number, isReady: Self.tell) }
        if let report { try await ReportServer.serve(report, port: number, isReady: Self.tell) }
      } catch {
        CommandExit(of: error).exitProcess()
      }
    }
    // Not dispatchMain(): its thread would take the signals that are held back for `Signals`.
    DispatchSemaphore(value: 0).wait()
  }

  @Sendable private static func tell(_ port: UInt16) {
    do { try print("http://127.0.0.1:\(port)/") } catch { CommandExit(of: error).exitProcess() }
  }
}
