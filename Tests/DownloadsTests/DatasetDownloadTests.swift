import Datasets
import Downloads
import Failures
import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite("Downloading a data set") struct DatasetDownloadTests {
  private let folder: TemporaryFolder
  private let servers = Servers()

  /// Kept until the test ends.
  private final class Servers { var all: [ScriptedServer] = [] }

  init() throws { folder = try TemporaryFolder() }

  private static func sum(_ bytes: [UInt8]) -> String {
    SHA256.hash(bytes).map { String(format: "%02x", $0) }.joined()
  }

  /// A set of an archive and a plain file, published by a server.
  private func published(
    _ archive: [UInt8], members: [PublishedDataset.Member], notes: [UInt8] = [1, 2, 3]
  ) throws -> (ScriptedServer, PublishedDataset) {
    let server = try ScriptedServer { _, request in
      .rest(request.path == "/set/notes" ? notes : archive, request)
    }
    let set = PublishedDataset(
      name: "some", source: server.url("/set"), license: "none", citation: "",
      files: [
        .init(name: "set.tar.gz", bytes: archive.count, sha256: Self.sum(archive), members: members),
        .init(name: "notes", bytes: notes.count, sha256: Self.sum(notes)),
      ])
    servers.all.append(server)
    return (server, set)
  }

  /// What GNU tar makes of files, whose names it can change.
  private func archive(_ files: [(name: String, bytes: [UInt8])], link: String? = nil, _ options: [String] = []) throws
    -> [UInt8]
  {
    let source = try TemporaryFolder()
    for file in files { try source.write(file.bytes, to: file.name) }
    if let link {
      try FileManager.default.createSymbolicLink(atPath: source.file(link), withDestinationPath: "/etc/hostname")
    }
    let names = files.map(\.name) + (link.map { [$0] } ?? [])
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "-C", source.path, "-czf", source.file("set.tar.gz")] + options + names
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    return try source.read("set.tar.gz")
  }

  private func run(_ set: PublishedDataset) throws -> [DatasetDownload.File] {
    try DatasetDownload(set, to: folder.file("data"), agent: "tare/test").run(progress: { _ in }, news: { _ in })
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.file("data")).sorted() }
  }

  @Test("unpacks an archive, and does nothing the next time")
  func unpacked() throws {
    let files = [("a.bin", [UInt8](repeating: 7, count: 3_000_000)), ("b.bin", [1, 2]), ("readme.html", [9])]
    let (server, set) = try published(
      archive(files, ["--transform", "s,^,some-set/,"]),
      members: [.init(name: "a.bin", bytes: 3_000_000), .init(name: "b.bin", bytes: 2)])
    let news = try run(set)
    #expect(news.map(\.name) == ["a.bin", "b.bin", "notes"] && news.allSatisfy(\.isNew))
    #expect(try names == ["a.bin", "b.bin", "notes"])
    #expect(try folder.read("data/a.bin") == files[0].1 && folder.read("data/b.bin") == [1, 2])
    #expect(server.requests.map(\.path) == ["/set/set.tar.gz", "/set/notes"])
    #expect(try run(set).allSatisfy { !$0.isNew })
    #expect(server.requests.count == 2)
    // Interrupted before the archive was unpacked.
    try FileManager.default.removeItem(atPath: folder.file("data/b.bin"))
    let archive = try #require(set.files.first)
    try FileDownload(
      server.url("/set/set.tar.gz"), to: folder.file("data/set.tar.gz"), bytes: archive.bytes, sha256: archive.sha256,
      agent: "tare/test"
    ).run(progress: { _ in }, news: { _ in })
    #expect(try run(set).map(\.isNew) == [true, true, false])
    #expect(try names == ["a.bin", "b.bin", "notes"] && server.requests.count == 3)
  }

  @Test("takes a member by its last name alone, and no links")
  func hostile() throws {
    let outside = try archive([("a.bin", [5, 6])], ["-P", "--transform", "s,^,../../../,"])
    let (_, set) = try published(outside, members: [.init(name: "a.bin", bytes: 2)])
    _ = try run(set)
    #expect(try names == ["a.bin", "notes"] && folder.names == ["data"])
    let (_, linked) = try published(archive([("x", [1])], link: "b.bin"), members: [.init(name: "b.bin", bytes: 1)])
    let error = try #require(throws: RunError.self) { try run(linked) }
    #expect(error.exitCode == 65 && error.description.hasSuffix("lacks b.bin."))
  }

  @Test("refuses an archive that is none, or with files of another length")
  func damaged() throws {
    let (_, none) = try published([1, 2, 3, 4], members: [.init(name: "b.bin", bytes: 2)])
    #expect(try #require(throws: RunError.self) { try run(none) }.description.contains("can't be unpacked"))
    #expect(try names == ["set.tar.gz"])
    try FileManager.default.removeItem(atPath: folder.file("data"))
    let (_, longer) = try published(archive([("c.bin", [1, 2, 3])]), members: [.init(name: "c.bin", bytes: 2)])
    let error = try #require(throws: RunError.self) { try run(longer) }
    #expect(error.exitCode == 65 && error.description.contains("c.bin that is not of 2 bytes"))
    #expect(try !names.contains("c.bin") && !names.contains { $0.hasSuffix(".partial") })
  }

  @Test("leaves a file of the user's as it is")
  func occupied() throws {
    let (server, set) = try published([], members: [])
    try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: false)
    try folder.write([4], to: "data/notes")
    let error = try #require(throws: RunError.self) {
      try run(PublishedDataset(name: "some", source: set.source, license: "", citation: "", files: [set.files[1]]))
    }
    #expect(error.exitCode == 65 && error.description.contains("\(folder.file("data"))/notes is there already"))
    #expect(try folder.read("data/notes") == [4] && server.requests.isEmpty)
  }

  @Test("knows the published sets, and that they fit what reads them")
  func catalogue() {
    #expect(PublishedDataset.all.map(\.name) == ["mnist", "fashion-mnist", "kmnist", "cifar-10", "cifar-100"])
    for set in PublishedDataset.all {
      #expect(Dataset.names.contains(set.name))
      for file in set.files { #expect(file.sha256.count == 64 && file.bytes > 0) }
    }
  }
}
