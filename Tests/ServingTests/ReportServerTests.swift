import Failures
import Foundation
import OpenSSL
import Parameters
import Records
import Serving
import Specification
import TestSupport
import Testing

@Suite("The live report over HTTP")
struct ReportServerTests {
  @Test("the page carries its version, and may not be framed or shared with other origins")
  func page() async throws {
    let served = try await ServedReport()
    let page = try await served.get("/")
    #expect(page.status == 200 && page.fields["content-type"] == "text/html; charset=utf-8")
    #expect(page.text.hasPrefix("<!DOCTYPE html>") && page.text.contains("fetch(\"data.json\""))
    #expect(page.fields["cross-origin-resource-policy"] == "same-origin")
    #expect(page.fields["content-security-policy"] == "frame-ancestors 'none'")
    #expect(page.fields["x-content-type-options"] == "nosniff" && page.fields["cache-control"] == "no-store")
    let tag = try #require(try await served.get("/data.json").fields["etag"])
    #expect(page.text.contains("data-version=\(tag)"))
  }

  @Test("the data is JSON with its SHA-256 as the ETag, and is not sent again to a client that has it")
  func data() async throws {
    let served = try await ServedReport()
    let data = try await served.get("/data.json")
    #expect(data.status == 200 && data.fields["content-type"] == "application/json")
    let tag = try #require(data.fields["etag"])
    #expect(tag == "\"\(SHA256.hash(data.body).hexadecimal)\"")
    for known in [tag, "W/\(tag)", "\"0\", \(tag)"] {
      let again = try await served.get("/data.json", known: known)
      #expect(again.status == 304 && again.body.isEmpty && again.fields["etag"] == tag, "\(known)")
    }
    #expect(try await served.get("/data.json", known: "\"0\"").status == 200)
  }

  @Test("a new logging window and a new run appear in the next response")
  func changes() async throws {
    let served = try await ServedReport()
    let tag = try #require(try await served.get("/data.json").fields["etag"])
    #expect(try await served.news().curves.map(\.steps) == [[]])
    try served.logWindow(step: 10, loss: 2)
    try served.logWindow(step: 20, loss: 1)
    try await served.awaitChange(from: tag)
    #expect(try await served.news().curves.map(\.steps) == [[10, 20]])
    let second = try #require(try await served.get("/data.json").fields["etag"])
    try served.addRun(2)
    try await served.awaitChange(from: second)
    let news = try await served.news()
    #expect(news.data.runs.map(\.seed) == [1, 2] && news.curves.count == 2)
  }

  @Test("a run with a leader is running, and stopped once the leader is killed")
  func standing() async throws {
    let served = try await ServedReport()
    var tag = try #require(try await served.get("/data.json").fields["etag"])
    #expect(try await served.news().data.runs.map(\.status) == ["stopped"])
    let lock = try RunLock(runFolder: served.folder.file("runs/1"))
    try served.addRun(1)
    try await served.awaitChange(from: tag)
    tag = try #require(try await served.get("/data.json").fields["etag"])
    #expect(try await served.news().data.runs.map(\.status) == ["running"])
    _ = consume lock
    try await served.awaitChange(from: tag)
    #expect(try await served.news().data.runs.map(\.status) == ["stopped"])
  }

  @Test("files are not checked more often than the interval")
  func interval() async throws {
    let served = try await ServedReport(interval: .seconds(3600))
    let tag = try #require(try await served.get("/data.json").fields["etag"])
    try served.logWindow(step: 10, loss: 2)
    #expect(try await served.get("/data.json", known: tag).status == 304)
  }

  @Test("the last state is kept when the folder is deleted")
  func removed() async throws {
    let served = try await ServedReport()
    let before = try await served.get("/data.json")
    try FileManager.default.removeItem(atPath: served.folder.path)
    let after = try await served.get("/data.json")
    #expect(after.status == 200 && after.body == before.body)
  }

  @Test(
    "this machine's own names are answered", arguments: ["127.0.0.1", "localhost", "LocalHost:8080", "127.0.0.1:1"])
  func own(host: String) async throws {
    let served = try await ServedReport()
    #expect(try await served.get("/", host: host).status == 200)
  }

  @Test(
    "every foreign host name is refused",
    arguments: [
      "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:127.0.0.1",
      "127.0.0.1:80:80", "127.0.0.1:http", "127.0.0.2", "0.0.0.0", "[::1]", "user@localhost", "localhost,evil.example",
      nil,
    ])
  func foreign(host: String?) async throws {
    let served = try await ServedReport()
    for path in ["/", "/data.json", "/other"] {
      let answer = try await served.get(path, host: host)
      #expect(answer.status == 421 && answer.text == "The host must be 127.0.0.1 or localhost.\n", "\(path)")
    }
  }

  @Test("every other method is refused", arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"])
  func methods(method: String) async throws {
    let served = try await ServedReport()
    let answer = try await PlainHTTP.answer("/", method: method, port: served.port)
    #expect(answer.status == 405 && answer.fields["allow"] == "GET" && answer.fields["connection"] == "close")
    #expect(answer.body.isEmpty == (method == "HEAD"))
  }

  @Test(
    "no path is read as a file",
    arguments: [
      "/sweep.json", "/runs/1/run.json", "/../etc/passwd", "/%2e%2e/etc/passwd", "/etc/passwd", "/data.json/x",
    ])
  func paths(path: String) async throws {
    let served = try await ServedReport()
    let answer = try await served.get(path)
    #expect(answer.status == 404 && answer.text == "There is /, /data.json and /metrics.\n")
  }

  @Test("it listens on 127.0.0.1 only, and reports a port in use")
  func port() async throws {
    let served = try await ServedReport()
    // Every address of 127.0.0.0/8 is this machine's: one that listens on all would answer here too.
    #expect(Self.connects(to: 0x7f00_0001, served.port))
    #expect(!Self.connects(to: 0x7f00_0002, served.port))
    let report = try LiveReport(folders: [served.folder.path])
    let error = await #expect(throws: UsageError.self) {
      try await ReportServer.serve(report, port: served.port) { _ in Issue.record("a port was opened twice") }
    }
    #expect(error?.exitCode == 74 && error?.field == "port")
    #expect(error?.description.contains("port \(served.port) of 127.0.0.1 cannot be opened") == true)
  }

  private static func connects(to address: UInt32, _ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var place = sockaddr_in()
    (place.sin_family, place.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    place.sin_addr.s_addr = address.bigEndian
    return unsafe withUnsafePointer(to: &place) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

extension ServedReport {
  /// Asks until the data has changed. A look that took long is followed by a rest.
  fileprivate func awaitChange(from tag: String) async throws {
    let deadline = ContinuousClock.now + .eventDeadline
    while try await get("/data.json", known: tag).status == 304 {
      try #require(ContinuousClock.now < deadline, "no change came")
    }
  }
}
