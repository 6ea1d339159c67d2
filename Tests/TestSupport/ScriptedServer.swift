import Foundation
import Synchronization

/// An HTTP server on 127.0.0.1 that does to each request what a test says, on a port of the system's. It shares nothing with
/// the client under test.
package final class ScriptedServer: Sendable {
  package struct Reply: Sendable {
    package var head: String
    package var body: [UInt8]
    /// Keeps the connection open and silent after the body, instead of closing it.
    package var isStalled: Bool

    package init(head: String, body: [UInt8] = [], isStalled: Bool = false) {
      (self.head, self.body, self.isStalled) = (head, body, isStalled)
    }
  }

  package struct Request: Sendable {
    /// The whole URL if the server is asked as a proxy.
    package let path: String
    /// Of the Range field, the first byte.
    package let offset: Int?
  }

  package let port: UInt16
  private let listener: Int32
  private let state = Mutex<(requests: [Request], open: [Int32])>(([], []))

  /// - Parameter answer: to the request of this number, from 0.
  package init(_ answer: @escaping @Sendable (Int, Request) -> Reply) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var place = sockaddr_in()
    (place.sin_family, place.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7f00_0001).bigEndian)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, length) = (listener, size)
    let isListening = unsafe withUnsafeMutablePointer(to: &place) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: place.sin_port)
    Thread.detachNewThread { [weak self] in
      while case let connection = accept(descriptor, nil, nil), connection >= 0 {
        self?.serve(connection, answer)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    for connection in state.withLock({ $0.open }) { close(connection) }
  }

  package var requests: [Request] { state.withLock { $0.requests } }

  package func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  private func serve(_ connection: Int32, _ answer: (Int, Request) -> Reply) {
    var deadline = timeval(tv_sec: Int(Deadline.event), tv_usec: 0)
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &deadline, socklen_t(MemoryLayout<timeval>.size))
    var text = ""
    var part = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = unsafe part.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
      guard count > 0 else {
        close(connection)
        return
      }
      text += String(decoding: part[..<count], as: UTF8.self)
    }
    let range = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("range: bytes=") }
    let request = Request(
      path: String(text.split(separator: " ")[1]),
      offset: range.flatMap { Int($0.dropFirst("range: bytes=".count).prefix { $0.isNumber }) })
    let number = state.withLock { state in
      state.requests.append(request)
      return state.requests.count - 1
    }
    let reply = answer(number, request)
    let bytes = Array((reply.head + "\r\nConnection: close\r\n\r\n").utf8) + reply.body
    _ = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if reply.isStalled { state.withLock { $0.open.append(connection) } } else { close(connection) }
  }
}

extension ScriptedServer.Reply {
  /// The whole file.
  package static func whole(_ file: [UInt8]) -> Self {
    Self(head: "HTTP/1.1 200 OK\r\nContent-Length: \(file.count)", body: file)
  }

  /// The file from the byte that is asked for, or whole.
  package static func rest(_ file: [UInt8], _ request: ScriptedServer.Request) -> Self {
    guard let offset = request.offset else { return whole(file) }
    return Self(
      head: "HTTP/1.1 206 Partial Content\r\nContent-Length: \(file.count - offset)\r\n"
        + "Content-Range: bytes \(offset)-\(file.count - 1)/\(file.count)", body: Array(file[offset...]))
  }

  package static func status(_ status: String) -> Self {
    Self(head: "HTTP/1.1 \(status)\r\nContent-Length: 5", body: Array("sorry".utf8))
  }

  /// Only `count` bytes of what is announced.
  package func broken(after count: Int) -> Self { Self(head: head, body: Array(body.prefix(count))) }
}
