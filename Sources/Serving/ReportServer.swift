import Failures
import FlyingFox
import FlyingSocks
import Foundation

/// Shows a live report over HTTP to this machine, and to nobody else.
package enum ReportServer {
  /// Serves until its task is cancelled.
  ///
  /// - Parameters:
  ///   - port: of 127.0.0.1; 0 for one that is free.
  ///   - isReady: called once, when requests are taken, with the port.
  /// - Throws: `UsageError` with exit code 74 for a port that can't be opened.
  package static func serve(
    _ report: LiveReport, port: UInt16, isReady: @escaping @Sendable (UInt16) -> Void
  ) async throws {
    let server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: port), timeout: patience, logger: .disabled,
      handler: ReportHandler(report: report))
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          try await server.waitUntilListening(timeout: patience)
          if case .ip4(_, port: let port) = await server.listeningAddress { isReady(port) }
        }
        // Whichever fails ends the other.
        for try await _ in group {}
      }
    } catch SocketError.failed(_, _, let message) {
      throw UsageError(
        field: "port", "port \(port) of 127.0.0.1 can't be opened: \(message); accepted: a free port, or 0 for any.",
        exitCode: 74)
    }
  }

  /// Seconds for a report to be read, however large and however busy the machine.
  private static let patience = 600.0
}
