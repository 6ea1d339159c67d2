import CLibCurl

/// A transfer that did not come to its end.
package struct CurlError: Error, Hashable, CustomStringConvertible {
  package let code: UInt32
  /// In libcurl's words, without a full stop.
  package let description: String

  /// Whether the same can go better a little later.
  package var isTransient: Bool {
    [
      CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR,
      CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR,
    ].contains { $0.rawValue == code }
  }
}
