import CLibCurl

/// One GET over HTTP or HTTPS, through the proxy that the environment names (`http_proxy`, `https_proxy`, `no_proxy`), with
/// redirects followed.
///
/// - Source: https://curl.se/libcurl/c, libcurl-easy(3).
@safe package final class HTTPGet {
  /// Seconds until a connection must stand.
  private static let connectSeconds = 30
  private static let mostRedirects = 10
  /// Bytes per second under which a transfer stalls.
  private static let leastSpeed = 100

  private let handle: UnsafeMutableRawPointer
  private let message: UnsafeMutablePointer<CChar>
  private var receive: ((_ status: Int, UnsafeRawBufferPointer) throws -> Void)?
  /// What `receive` has thrown.
  private var failure: (any Error)?

  /// - Parameters:
  ///   - offset: where the part that is asked for begins; a server may send the whole all the same, with status 200.
  ///   - stallSeconds: after so long without data the transfer ends with an error.
  package init(_ url: String, from offset: Int = 0, agent: String, stallSeconds: Int) {
    guard Self.isReady, let handle = unsafe curl_easy_init() else { fatalError("libcurl cannot begin") }
    unsafe self.handle = handle
    unsafe message = UnsafeMutablePointer.allocate(capacity: Int(CURL_ERROR_SIZE))
    unsafe message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    unsafe tare_curl_set_error_buffer(handle, message)
    for (option, text) in [
      (CURLOPT_URL, url), (CURLOPT_USERAGENT, agent), (CURLOPT_PROTOCOLS_STR, "http,https"),
      (CURLOPT_REDIR_PROTOCOLS_STR, "http,https"),
    ] {
      unsafe tare_curl_set_text(handle, option, text)
    }
    if offset > 0 { unsafe tare_curl_set_text(handle, CURLOPT_RANGE, "\(offset)-") }
    for (option, number) in [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, Self.mostRedirects),
      (CURLOPT_CONNECTTIMEOUT, Self.connectSeconds), (CURLOPT_LOW_SPEED_LIMIT, Self.leastSpeed),
      (CURLOPT_LOW_SPEED_TIME, stallSeconds),
    ] {
      unsafe tare_curl_set_number(handle, option, number)
    }
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe message.deallocate()
  }

  /// Once, before any thread uses it.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Blocks until the answer has come to its end.
  ///
  /// - Parameter receive: is lent each piece of the body; ends the transfer by throwing.
  /// - Returns: the status.
  /// - Throws: `CurlError`, or what `receive` throws.
  package func run(_ receive: @escaping (_ status: Int, UnsafeRawBufferPointer) throws -> Void) throws -> Int {
    unsafe self.receive = receive
    defer { unsafe self.receive = nil }
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe tare_curl_set_writer(handle, { unsafe HTTPGet.write($0, $1 * $2, to: $3) }, context)
    let code = unsafe curl_easy_perform(handle)
    if let failure { throw failure }
    guard code == CURLE_OK else {
      let text = unsafe String(cString: message)
      throw unsafe CurlError(
        code: code.rawValue, description: text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
    }
    return status
  }

  private var status: Int { unsafe tare_curl_status(handle) }

  /// Fewer bytes than there are end the transfer.
  private static func write(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, to context: UnsafeMutableRawPointer?
  ) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<HTTPGet>.fromOpaque(context).takeUnretainedValue()
    do {
      try unsafe transfer.receive?(transfer.status, UnsafeRawBufferPointer(start: bytes, count: count))
      return count
    } catch {
      transfer.failure = error
      return 0
    }
  }
}
