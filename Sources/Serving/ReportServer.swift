import Failures
package import MicroHTTPD

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
  ) async throws { try await serve(.report(report), port, isReady) }

  /// The same of a root folder's pages.
  package static func serve(
    _ root: ServedRoot, port: UInt16, isReady: @escaping @Sendable (UInt16) -> Void
  ) async throws { try await serve(.root(root), port, isReady) }

  private static func serve(
    _ content: ReportHandler.Content, _ port: UInt16, _ isReady: @escaping @Sendable (UInt16) -> Void
  ) async throws {
    let daemon = try daemon(content, port, field: "port")
    isReady(daemon.port)
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    _ = consume daemon
  }

  /// Serves `/metrics` alone, until the value ends.
  ///
  /// - Parameters:
  ///   - port: of 127.0.0.1; 0 for a free one.
  ///   - text: called for each request, on a thread of its own.
  /// - Throws: `UsageError` with exit code 74 for a port that cannot be opened.
  package static func metrics(port: UInt16, text: @escaping @Sendable () -> String) throws -> Daemon {
    try daemon(.metrics(text), port, field: "metrics-port")
  }

  private static func daemon(
    _ content: ReportHandler.Content, _ port: UInt16, field: String
  ) throws -> Daemon {
    let handler = ReportHandler(content: content)
    do { return try Daemon(port: port, answer: handler.answer) } catch {
      throw UsageError(
        field: field, "port \(port) of 127.0.0.1 cannot be opened: \(error); accepted: a free port, or 0 for any.",
        exitCode: ExitCode.ioError)
    }
  }
}
