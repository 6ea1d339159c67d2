import Failures
import FlyingFox
import FlyingSocks
import Foundation

/// Serves a live report over HTTP on the loopback interface.
package enum ReportServer {
  /// Serves until its task is canceled.
  ///
  /// - Parameters:
  ///   - port: of 127.0.0.1; 0 for a free one.
  ///   - isReady: called once with the port, when requests are accepted.
  /// - Throws: `UsageError` with exit code 74 for a port that cannot be opened.
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
        // If one fails, the other is canceled.
        for try await _ in group {}
      }
    } catch SocketError.failed(_, _, let message) {
      throw UsageError(
        field: "port", "port \(port) of 127.0.0.1 cannot be opened: \(message); accepted: a free port, or 0 for any.",
        exitCode: 74)
    }
  }

  /// Seconds; generous, because reading a large report on a busy machine takes long.
  private static let patience = 600.0
}
