import Downloads
import Failures
import Foundation
import OpenSSL
import Synchronization
import TestSupport
import Testing

/// Against a server that breaks off, stalls, refuses and lies.
@Suite("Downloading a file") struct FileDownloadTests {
  private static let file = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func download(_ url: String) -> FileDownload {
    let sum = SHA256.hash(Self.file).map { String(format: "%02x", $0) }.joined()
    var download = FileDownload(
      url, to: folder.file("file"), bytes: Self.file.count, sha256: sum, agent: "tare/test")
    download.patience.retries = 2
    download.patience.stallSeconds = 1
    return download
  }

  /// - Returns: the news on the way.
  @discardableResult private func run(_ download: FileDownload) throws -> [String] {
    var news: [String] = []
    try download.run(progress: { _ in }, news: { news.append($0) })
    return news
  }

  private func expectFile() throws {
    #expect(try folder.names == ["file"])
    #expect(try folder.read("file") == Self.file)
  }

  @Test("that comes whole")
  func whole() throws {
    let server = try ScriptedServer { _, request in .rest(Self.file, request) }
    let counts = Mutex<[Int]>([])
    try download(server.url("/file")).run(progress: { count in counts.withLock { $0.append(count) } }, news: { _ in })
    try expectFile()
    #expect(counts.withLock { $0.last } == Self.file.count && counts.withLock { $0 == $0.sorted() })
    #expect(server.requests.map(\.offset) == [nil])
  }

  @Test("that breaks off: the rest is asked for, again and again while there is progress")
  func resumed() throws {
    let server = try ScriptedServer { number, request in
      let reply = ScriptedServer.Reply.rest(Self.file, request)
      return number < 4 ? reply.broken(after: 20_000) : reply
    }
    let news = try run(download(server.url("/file")))
    try expectFile()
    #expect(server.requests.map(\.offset) == [nil, 20_000, 40_000, 60_000, 80_000])
    #expect(news.count == 4 && news[0].contains("after 20000 of 100000 bytes; going on in 1 s"), "\(news)")
  }

  @Test("of which a former attempt has left a part")
  func later() throws {
    let server = try ScriptedServer { _, request in .rest(Self.file, request) }
    try folder.write(Array(Self.file[..<70_000]), to: "file.part")
    try run(download(server.url("/file")))
    try expectFile()
    #expect(server.requests.map(\.offset) == [70_000])
    // All of it was there: nobody is asked.
    try FileManager.default.moveItem(atPath: folder.file("file"), toPath: folder.file("file.part"))
    try run(download(server.url("/file")))
    try expectFile()
    #expect(server.requests.count == 1)
  }

  @Test("from a server that knows no ranges")
  func rangeIgnored() throws {
    let server = try ScriptedServer { _, _ in .whole(Self.file) }
    try folder.write([1, 2, 3], to: "file.part")
    try run(download(server.url("/file")))
    try expectFile()
    #expect(server.requests.map(\.offset) == [3])
  }

  @Test("with one wrong byte: it is removed, and both sums are said")
  func corrupted() throws {
    var wrong = Self.file
    wrong[50_000] ^= 1
    let server = try ScriptedServer { [wrong] _, _ in .whole(wrong) }
    let error = try #require(throws: RunError.self) { try run(download(server.url("/file"))) }
    #expect(error.exitCode == 65 && error.description.contains("has been removed"))
    for bytes in [wrong, Self.file] {
      #expect(error.description.contains(SHA256.hash(bytes).map { String(format: "%02x", $0) }.joined()))
    }
    #expect(try folder.names == [])
  }

  @Test("that is longer than published")
  func longer() throws {
    let server = try ScriptedServer { _, _ in .whole(Self.file + [0]) }
    let error = try #require(throws: RunError.self) { try run(download(server.url("/file"))) }
    #expect(error.exitCode == 65 && error.description.contains("more than the 100000 bytes"))
    #expect(try folder.names == [])
  }

  @Test("that is not there")
  func missing() throws {
    let server = try ScriptedServer { _, _ in .status("404 Not Found") }
    let error = try #require(throws: RunError.self) { try run(download(server.url("/file"))) }
    #expect(error.exitCode == 69 && error.description.contains("status 404") && server.requests.count == 1)
    #expect(try error.description.contains(server.url("/file")) && folder.names == [])
  }

  @Test("from a server that is busy for a while, and one that stays so")
  func busy() throws {
    let server = try ScriptedServer { number, request in
      number == 0 ? .status("503 Service Unavailable") : .rest(Self.file, request)
    }
    #expect(try run(download(server.url("/file"))).first?.contains("status 503") == true)
    try expectFile()
    let other = try ScriptedServer { _, _ in .status("503 Service Unavailable") }
    var download = download(other.url("/file"))
    download.path = folder.file("other")
    download.patience.retries = 1
    let error = try #require(throws: RunError.self) { try run(download) }
    #expect(error.exitCode == 69 && error.description.contains("in 2 attempts: the server answered with status 503"))
    #expect(other.requests.count == 2)
  }

  @Test("that stalls")
  func stalled() throws {
    let server = try ScriptedServer { number, request in
      var reply = ScriptedServer.Reply.rest(Self.file, request)
      if number == 0 { (reply.body, reply.isStalled) = (Array(reply.body.prefix(10_000)), true) }
      return reply
    }
    #expect(try run(download(server.url("/file"))).count == 1)
    try expectFile()
    #expect(server.requests.map(\.offset) == [nil, 10_000])
  }

  @Test("behind a redirect, but not out of HTTP")
  func redirected() throws {
    let server = try ScriptedServer { _, request in
      switch request.path {
      case "/old": ScriptedServer.Reply(head: "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 0")
      case "/out": ScriptedServer.Reply(head: "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0")
      default: .rest(Self.file, request)
      }
    }
    try run(download(server.url("/old")))
    try expectFile()
    #expect(server.requests.map(\.path) == ["/old", "/new"])
    var out = download(server.url("/out"))
    out.path = folder.file("other")
    let error = try #require(throws: RunError.self) { try run(out) }
    #expect(error.exitCode == 69)
  }
}
