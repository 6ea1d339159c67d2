package import Foundation

/// An answer over HTTP/1.1, by a reader that shares nothing with any server of ours: the request goes out as it is given, on
/// a connection of its own to 127.0.0.1, and all that comes until its end is the answer.
package struct PlainHTTP: Sendable {
  package let status: Int
  /// By name in lower case.
  package let fields: [String: String]
  package let body: Data

  package struct Failure: Error { let words: String }

  /// - Parameter fields: besides `Host`, which can be left out, and `Connection`.
  package init(
    _ path: String, method: String = "GET", port: UInt16, host: String? = "127.0.0.1", fields: [String] = []
  ) throws {
    let lines = ["\(method) \(path) HTTP/1.1", "Connection: close"] + (host.map { ["Host: \($0)"] } ?? []) + fields
    let bytes = try Self.exchange(Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8), port: port)
    guard let end = bytes.range(of: Data("\r\n\r\n".utf8)) else { throw Failure(words: "no header in \(bytes)") }
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    guard let status = head[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure(words: "no status in \(head[0])")
    }
    self.status = status
    self.fields = Dictionary(
      head.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
          (line[..<$0].lowercased(), line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces))
        }
      }, uniquingKeysWith: { "\($0), \($1)" })
    body = bytes[end.upperBound...]
    guard self.fields["content-length"] == "\(body.count)" else {
      throw Failure(words: "\(body.count) bytes came, Content-Length is \(self.fields["content-length"] ?? "missing")")
    }
  }

  /// The same away from the threads that a server in this process needs.
  package static func answer(
    _ path: String, method: String = "GET", port: UInt16, host: String? = "127.0.0.1", fields: [String] = []
  ) async throws -> PlainHTTP {
    try await withCheckedThrowingContinuation { waiting in
      Thread.detachNewThread {
        waiting.resume(with: Result { try PlainHTTP(path, method: method, port: port, host: host, fields: fields) })
      }
    }
  }

  package var text: String { String(decoding: body, as: UTF8.self) }

  private static func exchange(_ request: Data, port: UInt16) throws -> Data {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(words: "no socket") }
    defer { close(descriptor) }
    var deadline = timeval(tv_sec: Int(Deadline.event), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &deadline, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &deadline, size)
    var place = sockaddr_in()
    (place.sin_family, place.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &place) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(words: "port \(port): \(unsafe String(cString: strerror(errno)))") }
    let sent = unsafe request.withUnsafeBytes {
      unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == request.count else { throw Failure(words: "\(sent) bytes sent of \(request.count)") }
    var answer = Data()
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe part.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      guard count >= 0 else {
        throw Failure(words: "after \(answer.count) bytes: \(unsafe String(cString: strerror(errno)))")
      }
      if count == 0 { return answer }
      answer.append(contentsOf: part[..<count])
    }
  }
}
