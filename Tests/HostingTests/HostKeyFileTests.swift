import Failures
import Foundation
import Hosting
import TestSupport
import Testing
import Transport

/// The file of `--keys`.
@Suite("Files of host keys")
struct HostKeyFileTests {
  private static let secret = String(repeating: "1f", count: 32)
  private static let key = String(repeating: "2e", count: 32)
  private static let other = String(repeating: "3d", count: 32)
  /// The public key to the secret.
  private static let own =
    (try? HostKeys(name: "x", secret: Array(repeating: 0x1f, count: 32), trusting: []).own.description.suffix(64))
    .map(String.init) ?? ""

  @Test("comments, blank lines and any blanks between words are read over, and case does not count in keys")
  func forms() throws {
    let keys = try HostKeyFile.keys(
      in: """
        # comment

        me  tare-x25519-secret\t\(Self.secret)   # mine
          a tare-x25519 \(Self.key.uppercased())\r
        user@b.example:7 tare-x25519 \(Self.other)
        #c tare-x25519 \(Self.own)
        """, of: "f")
    #expect(keys.own.description == "me tare-x25519 \(Self.own)")
    #expect(
      keys.trusted.map(\.description) == ["a tare-x25519 \(Self.key)", "user@b.example:7 tare-x25519 \(Self.other)"])
  }

  @Test("a new file is its owner's alone, is never written over, and two that list each other are read")
  func made() throws {
    let folder = try TemporaryFolder()
    let entries = try ["a", "b"].map { try HostKeyFile.make(at: folder.file($0), naming: "node-\($0)") }
    #expect(entries[0].name == "node-a" && entries[0].publicKey != entries[1].publicKey)
    for (index, name) in ["a", "b"].enumerated() {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let text = String(decoding: try folder.read(name), as: UTF8.self)
      // Its public line stands in it as a comment only.
      #expect(text.contains("# \(entries[index])"))
      let lonely = #expect(throws: UsageError.self) { try HostKeyFile.keys(at: folder.file(name)) }
      #expect(lonely?.description.contains("trusts no machine") == true)
      let handle = try #require(FileHandle(forWritingAtPath: folder.file(name)))
      try handle.seekToEnd()
      try handle.write(contentsOf: Array("\(entries[1 - index])\n".utf8))
      let keys = try HostKeyFile.keys(at: folder.file(name))
      #expect(keys.own == entries[index] && keys.trusted == [entries[1 - index]])
      let before = try folder.read(name)
      let error = #expect(throws: UsageError.self) { try HostKeyFile.make(at: folder.file(name), naming: "again") }
      #expect(error?.description.contains("\(folder.file(name)) is there already") == true)
      #expect(try folder.read(name) == before)
    }
    #expect(throws: UsageError.self) { try HostKeyFile.make(at: folder.file("c"), naming: "two words") }
    let nowhere = #expect(throws: RunError.self) { try HostKeyFile.make(at: folder.file("no/c"), naming: "c") }
    #expect(nowhere?.exitCode == 74)
    #expect(try folder.names == ["a", "b"])
  }

  @Test("a file that others can read is refused", arguments: [0o644, 0o640, 0o660, 0o604, 0o700, 0o200])
  func mode(mode: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Array("me tare-x25519-secret \(Self.secret)\na tare-x25519 \(Self.key)\n".utf8), to: "keys")
    for accepted in [0o600, 0o400] {
      try FileManager.default.setAttributes([.posixPermissions: accepted], ofItemAtPath: path)
      #expect(throws: Never.self) { try HostKeyFile.keys(at: path) }
    }
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = #expect(throws: UsageError.self) { try HostKeyFile.keys(at: path) }
    let digits = String(mode, radix: 8)
    // Root reads what its mode forbids; others can't.
    let fault = geteuid() == 0 || mode != 0o200 ? "mode 0\(digits)" : "cannot be read"
    #expect(error?.exitCode == 64 && error?.description.contains("\(path)") == true)
    #expect(error?.description.contains(fault) == true && error?.description.contains("0600 or 0400") != nil)
  }

  @Test("what is not there, or no file, is refused")
  func absent() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("none"), folder.path] {
      let error = #expect(throws: UsageError.self) { try HostKeyFile.keys(at: path) }
      #expect(error?.description.hasPrefix("--keys \(path) ") == true, "\(error?.description ?? "")")
    }
  }

  @Test(
    "what a file must not say is refused in a sentence with line, fault and what is accepted",
    arguments: [
      ("", "f has no line NAME tare-x25519-secret KEY"),
      ("a tare-x25519 \(key)", "f has no line NAME tare-x25519-secret KEY"),
      ("me tare-x25519-secret \(secret)", "f trusts no machine; accepted: a line NAME tare-x25519 KEY"),
      ("me tare-x25519-secret \(secret)\na tare-x25519", "f, line 2: 2 words; accepted: NAME"),
      ("tare-x25519-secret \(secret)", "f, line 1: 2 words; accepted: NAME"),
      ("me tare-x25519-secret \(secret) x", "f, line 1: 4 words; accepted: NAME"),
      ("me ssh-ed25519 \(secret)", "f, line 1: the second word is unknown; accepted: NAME tare-x25519-secret KEY"),
      ("m/e tare-x25519-secret \(secret)", "f, line 1: the name is not understood; accepted: 1 to 255 letters"),
      ("me tare-x25519-secret \(secret.dropLast())", "f, line 1: the key of me has 63 characters; accepted: 64"),
      ("me tare-x25519-secret \(secret.dropLast())g", "f, line 1: the key of me is no hexadecimal number; accepted"),
      ("me tare-x25519-secret +\(secret.dropLast())", "f, line 1: the key of me is no hexadecimal number; accepted"),
      ("me tare-x25519-secret \(secret)\n\nme tare-x25519-secret \(other)", "f, line 3: there is a secret already"),
      (
        "me tare-x25519-secret \(secret)\na tare-x25519 \(key)\n# a\na tare-x25519 \(other)",
        "f, line 4: machine a is there already; accepted: each name once"
      ),
      (
        "me tare-x25519-secret \(secret)\na tare-x25519 \(key)\nb tare-x25519 \(key)",
        "f, line 3: the key of b is that of a; accepted: each key once"
      ),
      (
        "b tare-x25519 \(own)\nme tare-x25519-secret \(secret)",
        "f, line 1: the key of b is this machine's own; accepted: those of others"
      ),
    ])
  func refusals(_ text: String, _ words: String) throws {
    let error = #expect(throws: UsageError.self) { try HostKeyFile.keys(in: text, of: "f") }
    let sentence = error?.description ?? ""
    #expect(error?.exitCode == 64 && sentence.contains(words), "\(sentence)")
    // What is wrong with a secret is no reason to show it.
    #expect(!sentence.contains(Self.secret.prefix(16)))
  }
}
