import FlyingFox
import Foundation
import Reports

/// Answers requests for the page and its data; everything else is refused.
///
/// A path is compared and never looked up as a file. The host must name the loopback interface, which defeats DNS rebinding: a
/// foreign page whose name was made to resolve to this machine sends its own name. The port is ignored, so that the page
/// works through a tunnel.
struct ReportHandler: HTTPHandler {
  let report: LiveReport

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    var response = try await answer(request)
    // RFC 9110, section 9.3.2.
    if request.method == .HEAD { response.payload = .httpBody(HTTPBodySequence()) }
    return response
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard let host = request.headers[.host], Self.isOwn(host) else {
      return Self.refusal(.misdirectedRequest, "The host must be 127.0.0.1 or localhost.")
    }
    guard request.method == .GET else {
      return Self.refusal(.methodNotAllowed, "The method must be GET.", [HTTPHeader("Allow"): "GET"])
    }
    switch request.path {
    case "/":
      let state = await report.state()
      let page = try ReportPage(state.data, curves: state.curves).html(version: state.version)
      return Self.response(.ok, type: "text/html; charset=utf-8", Data(page.utf8))
    case "/data.json":
      let state = await report.state()
      let tag = "\"\(state.version)\""
      // RFC 9110, section 13.1.2: a list of entity tags, possibly weakened by proxies.
      let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",")
        .map { $0.trimmingCharacters(in: .whitespaces).replacing("W/", with: "") }
      if known.contains(tag) { return Self.response(.notModified, type: nil, Data(), [.eTag: tag]) }
      return Self.response(.ok, type: "application/json", state.json, [.eTag: tag])
    default:
      return Self.refusal(.notFound, "There is / and /data.json.")
    }
  }

  /// Whether a `Host` field names this machine's loopback, with or without a port.
  static func isOwn(_ host: String) -> Bool {
    let parts = host.lowercased().split(separator: ":", omittingEmptySubsequences: false)
    guard let name = parts.first, name == "127.0.0.1" || name == "localhost" else { return false }
    return parts.count == 1 || (parts.count == 2 && UInt16(parts[1]) != nil)
  }

  /// Forbids caching, content sniffing, framing and use by other origins.
  private static func response(
    _ status: HTTPStatusCode, type: String?, _ body: Data, _ more: [HTTPHeader: String] = [:]
  ) -> HTTPResponse {
    var headers: [HTTPHeader: String] = [
      .cacheControl: "no-store", HTTPHeader("X-Content-Type-Options"): "nosniff",
      HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin", HTTPHeader("Referrer-Policy"): "no-referrer",
      HTTPHeader("Content-Security-Policy"): "frame-ancestors 'none'",
    ]
    headers[.contentType] = type
    headers.merge(more) { $1 }
    return HTTPResponse(statusCode: status, headers: HTTPHeaders(headers), body: body)
  }

  /// Closes the connection, because a refused request may not have been read whole.
  private static func refusal(
    _ status: HTTPStatusCode, _ sentence: String, _ more: [HTTPHeader: String] = [:]
  ) -> HTTPResponse {
    response(
      status, type: "text/plain; charset=utf-8", Data((sentence + "\n").utf8),
      more.merging([.connection: "close"]) { $1 })
  }
}
