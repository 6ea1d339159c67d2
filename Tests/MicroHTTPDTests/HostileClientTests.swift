import Foundation
import MicroHTTPD
import Synchronization
import TestSupport
import Testing

/// No client takes more than its bounds, or what belongs to the others.
@Suite("Hostile HTTP clients")
struct HostileClientTests {
  private static let limits = Daemon.Limits(connections: 8)
  private static let answer: @Sendable (Request) -> Response = { request in
    Response(200, [Field("Content-Type", "text/plain")], Body("\(request.method) \(request.path)".utf8))
  }

  private func daemon() throws -> Daemon { try Daemon(port: 0, limits: Self.limits, answer: Self.answer) }

  private func expectAnswer(on port: UInt16, _ location: SourceLocation = #_sourceLocation) throws {
    let answer = try PlainHTTP("/path", port: port)
    #expect(answer.status == 200 && answer.text == "GET /path", sourceLocation: location)
  }

  @Test("a request line of a megabyte is refused before it is read whole")
  func line() throws {
    let daemon = try daemon()
    for _ in 0..<4 {
      let client = try RawClient(port: daemon.port)
      client.send(Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 1 << 20))
      let answer = String(decoding: try #require(client.receiveAll()), as: UTF8.self)
      // A reset may overtake the answer, because the rest of the line is not read.
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 414 "), "\(answer)")
    }
    try expectAnswer(on: daemon.port)
  }

  @Test("fields without end are cut off")
  func fields() throws {
    let daemon = try daemon()
    let client = try RawClient(port: daemon.port)
    client.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n".utf8))
    var sent = 0
    while sent < 64 << 20, client.send(Array("X-\(sent): \(String(repeating: "x", count: 1000))\r\n".utf8)) {
      sent += 1000
    }
    #expect(sent < 64 << 20)
    try expectAnswer(on: daemon.port)
  }

  @Test("silent and slow clients shut nobody out", arguments: ["", "GET / HTT", "GET / HTTP/1.1\r\nHost: local"])
  func idle(words: String) throws {
    let daemon = try daemon()
    let clients = try (0..<100).map { _ in try RawClient(port: daemon.port) }
    for client in clients { client.send(Array(words.utf8)) }
    try expectAnswer(on: daemon.port)
    // The longest idle ones had to go.
    #expect(clients[0].receiveAll()?.isEmpty == true)
    try expectAnswer(on: daemon.port)
  }

  @Test("clients that do not read their answers shut nobody out")
  func unread() throws {
    let body = Body([UInt8](repeating: 0x61, count: 32 << 20))
    let daemon = try Daemon(port: 0, limits: Self.limits) { request in
      request.path == "/large" ? Response(200, [], body) : Self.answer(request)
    }
    let clients = try (0..<40).map { _ in try RawClient(port: daemon.port) }
    for client in clients { client.send(Array("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)) }
    try expectAnswer(on: daemon.port)
  }

  @Test("while an answer takes long, connections are still taken and bounded, and the answer arrives")
  func slow() throws {
    let (asked, mayAnswer) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let daemon = try Daemon(port: 0, limits: Self.limits) { request in
      asked.signal()
      mayAnswer.wait()
      return Self.answer(request)
    }
    let clients = try (0..<20).map { _ in try RawClient(port: daemon.port) }
    #expect(clients[0].receiveAll()?.isEmpty == true)
    let slow = try RawClient(port: daemon.port)
    slow.send(Array("GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
    #expect(asked.wait(timeout: .now() + Deadline.event) == .success)
    let others = try (0..<5).map { _ in try RawClient(port: daemon.port) }
    #expect(clients[19 - 5].receiveAll()?.isEmpty == true)
    mayAnswer.signal()
    #expect(String(decoding: try #require(slow.receiveAll()), as: UTF8.self).hasSuffix("GET /slow"))
    withExtendedLifetime(others) {}
  }

  @Test("its end closes the port and every connection")
  func end() throws {
    let daemon = try daemon()
    let port = daemon.port
    let clients = try (0..<4).map { _ in try RawClient(port: port) }
    for client in clients.dropFirst() { client.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)) }
    for client in clients.dropFirst() { #expect(client.receive(15) == Array("HTTP/1.1 200 OK".utf8)) }
    _ = consume daemon
    for client in clients { #expect(client.receiveAll() != nil) }
    #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
  }

  @Test("bytes of a body live until the last connection has sent them, and no longer")
  func bodies() throws {
    weak var kept: Body?
    do {
      let body = Mutex<Body?>(Body("text".utf8))
      kept = body.withLock { $0 }
      let daemon = try Daemon(port: 0, limits: Self.limits) { _ in
        Response(200, [], body.withLock { exchangedForNone(&$0) } ?? Body([]))
      }
      #expect(try PlainHTTP("/", port: daemon.port).text == "text")
    }
    #expect(kept == nil)
  }

  private func exchangedForNone(_ body: inout Body?) -> Body? {
    defer { body = nil }
    return body
  }
}
