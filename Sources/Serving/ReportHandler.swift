import Foundation
package import MicroHTTPD

/// Answers requests for the page and its data; everything else is refused.
///
/// A path is compared and never looked up as a file. The host must name the loopback interface, which defeats DNS rebinding: a
/// foreign page whose name was made to resolve to this machine sends its own name. The port is ignored, so that the page
/// works through a tunnel.
package struct ReportHandler {
  /// What is served: the report of some folders, the pages of a root folder, or the metrics of a run alone.
  package enum Content {
    case report(LiveReport)
    case root(ServedRoot)
    case metrics(@Sendable () -> String)
  }

  package let content: Content

  package init(content: Content) { self.content = content }

  package func answer(_ request: Request) -> Response {
    var response = refusalOrContent(request)
    // RFC 9110, section 9.3.2.
    if request.method == "HEAD" { response.body = Body([]) }
    return response
  }

  private func refusalOrContent(_ request: Request) -> Response {
    let hosts = request.values(of: "Host")
    guard hosts.count == 1, hosts.allSatisfy(Self.isOwn) else {
      return Self.refusal(421, "The host must be 127.0.0.1 or localhost.")
    }
    guard request.method == "GET" else {
      return Self.refusal(405, "The method must be GET.", [Field("Allow", "GET")])
    }
    switch content {
    case .report(let report): return Self.answer(request, request.path, from: report)
    case .metrics(let text):
      guard request.path == "/metrics" else { return Self.refusal(404, "There is /metrics.") }
      return Self.exposition(text())
    case .root(let root):
      if request.path == "/metrics" { return Self.exposition(root.exposition()) }
      guard request.path != "/" else {
        guard let page = root.overview() else { return Self.refusal(500, "The folder has no runs left.") }
        return Self.response(200, type: "text/html; charset=utf-8", Body(page.utf8))
      }
      guard let (report, rest) = root.report(at: request.path) else {
        return Self.refusal(404, "There is /, what it links to, and /metrics.")
      }
      return Self.answer(request, rest, from: report)
    }
  }

  private static func answer(_ request: Request, _ path: String, from report: LiveReport) -> Response {
    switch path {
    case "/":
      guard let page = try? report.page() else { return Self.refusal(500, "The report cannot be drawn.") }
      return Self.response(200, type: "text/html; charset=utf-8", page)
    case "/data.json":
      let state = report.state()
      let tag = Field("ETag", "\"\(state.version)\"")
      // RFC 9110, section 13.1.2: a list of entity tags, possibly weakened by proxies.
      let known = request.values(of: "If-None-Match").flatMap { $0.split(separator: ",") }
        .map { $0.trimmingCharacters(in: .whitespaces).replacing("W/", with: "") }
      if known.contains(tag.value) { return Self.response(304, type: nil, Body([]), [tag]) }
      return Self.response(200, type: "application/json", state.json, [tag])
    case "/metrics": return exposition(report.exposition())
    default: return Self.refusal(404, "There is /, /data.json and /metrics.")
    }
  }

  private static func exposition(_ text: String) -> Response {
    response(200, type: Exposition.contentType, Body(text.utf8))
  }

  /// Whether a `Host` field names this machine's loopback, with or without a port.
  static func isOwn(_ host: String) -> Bool {
    let parts = host.lowercased().split(separator: ":", omittingEmptySubsequences: false)
    guard let name = parts.first, name == "127.0.0.1" || name == "localhost" else { return false }
    return parts.count == 1 || (parts.count == 2 && UInt16(parts[1]) != nil)
  }

  /// Forbids caching, content sniffing, framing and use by other origins.
  private static func response(_ status: Int, type: String?, _ body: Body, _ more: [Field] = []) -> Response {
    let fields = [
      Field("Cache-Control", "no-store"), Field("X-Content-Type-Options", "nosniff"),
      Field("Cross-Origin-Resource-Policy", "same-origin"), Field("Referrer-Policy", "no-referrer"),
      Field("Content-Security-Policy", "frame-ancestors 'none'"),
    ]
    return Response(status, fields + (type.map { [Field("Content-Type", $0)] } ?? []) + more, body)
  }

  /// Closes the connection, because a refused request may not have been read whole.
  private static func refusal(_ status: Int, _ sentence: String, _ more: [Field] = []) -> Response {
    response(
      status, type: "text/plain; charset=utf-8", Body((sentence + "\n").utf8), more + [Field("Connection", "close")])
  }
}
