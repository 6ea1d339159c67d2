import Failures
import Foundation
import Parameters
package import Transport
import ZeroMQ

/// A file with the key pair of a machine and the machines that it trusts, one a line:
///
///     # comment
///     node1 tare-x25519-secret 64 hexadecimal digits
///     node0 tare-x25519 64 hexadecimal digits
///
/// Only its owner may read it, as with the keys of ssh.
package enum HostKeyFile {
  private static let secretKind = "tare-x25519-secret"

  private static let acceptedLine =
    "accepted: NAME \(secretKind) KEY once, NAME \(HostKeys.Entry.kind) KEY for each machine that is trusted"

  private static let acceptedName = "1 to 255 letters, digits and characters of ._-@:"

  // MARK: Writing

  /// Makes a key pair, in a new file.
  ///
  /// - Returns: what to add to the files of others.
  /// - Throws: `UsageError` for a file that is there, or a name that no line can have; `RunError` if it can't be written.
  package static func make(at path: String, naming name: String) throws -> HostKeys.Entry {
    guard isName(name) else {
      throw UsageError(
        field: "name", "--name is \"\(name)\"; accepted: \(acceptedName).")
    }
    let secret = [UInt8].random(count: CurvePublicKey.byteCount)
    let own = try HostKeys(name: name, secret: secret, trusting: []).own
    let text = """
      # The key of this machine, for tare host --keys and tare train --keys. The secret stays here.
      \(name) \(secretKind) \(secret.hexadecimal)

      # Its line in the files of others:
      # \(own)

      # The machines that it trusts: their lines, as tare keygen printed them there.

      """
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      guard errno != EEXIST else {
        throw UsageError(field: "host", "--host \(path) is there already; accepted: a new file, as a key is kept.")
      }
      throw RunError(ExitCode.ioError, "cannot make \(path): \(systemMessage(errno))")
    }
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Array(text.utf8))
      try handle.synchronize()
    } catch {
      unsafe unlink(path)
      throw RunError(ExitCode.ioError, "cannot write \(path): \(error)")
    }
    return own
  }

  // MARK: Reading

  /// - Throws: `UsageError` for a file that others can read, or that does not say what it must.
  package static func keys(at path: String) throws -> HostKeys {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw refusal("--keys \(path) cannot be read: \(systemMessage(errno)); accepted: a file of tare keygen --host.")
    }
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw refusal("--keys \(path) is no file; accepted: a file of tare keygen --host.")
    }
    let mode = status.st_mode & 0o7777
    guard mode == 0o600 || mode == 0o400 else {
      throw refusal(
        "--keys \(path) has mode 0\(String(mode, radix: 8)), but holds a secret; accepted: 0600 or 0400 (chmod 600).")
    }
    guard let data = try? handle.read(upToCount: 16 << 20) ?? Data() else {
      throw refusal("--keys \(path) cannot be read; accepted: a file of tare keygen --host.")
    }
    return try keys(in: String(decoding: data, as: UTF8.self), of: path)
  }

  /// - Parameter path: for messages.
  package static func keys(in text: String, of path: String) throws -> HostKeys {
    var secret: (name: String, bytes: [UInt8])?
    var trusted: [HostKeys.Entry] = []
    var lines: [Int] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      guard !words.isEmpty else { continue }
      let place = "\(path), line \(index + 1)"
      // A word may be most of a secret: none is repeated unless it has been recognized.
      guard words.count == 3 else { throw refusal("\(place): \(counted(words.count, "word")); \(acceptedLine).") }
      guard [secretKind, HostKeys.Entry.kind].contains(words[1]) else {
        throw refusal("\(place): the second word is unknown; \(acceptedLine).")
      }
      guard isName(words[0]) else {
        throw refusal("\(place): the name is not understood; accepted: \(acceptedName).")
      }
      guard let key = [UInt8](hexadecimal: words[2]), let publicKey = CurvePublicKey(key) else {
        let fault =
          words[2].utf8.count == 2 * CurvePublicKey.byteCount
          ? "is no hexadecimal number" : "has \(counted(words[2].count, "character"))"
        throw refusal(
          "\(place): the key of \(words[0]) \(fault); accepted: \(2 * CurvePublicKey.byteCount) hexadecimal digits.")
      }
      if words[1] == secretKind {
        guard secret == nil else { throw refusal("\(place): there is a secret already; accepted: one in a file.") }
        secret = (words[0], key)
      } else {
        trusted.append(HostKeys.Entry(name: words[0], publicKey: publicKey))
        lines.append(index + 1)
      }
    }
    guard let secret else {
      throw refusal(
        "\(path) has no line NAME \(secretKind) KEY; accepted: a file of tare keygen --host, and lines added to it.")
    }
    let keys = try HostKeys(name: secret.name, secret: secret.bytes, trusting: trusted)
    for (index, entry) in trusted.enumerated() {
      let place = "\(path), line \(lines[index])"
      guard entry.publicKey != keys.own.publicKey else {
        throw refusal("\(place): the key of \(entry.name) is this machine's own; accepted: those of others.")
      }
      for earlier in trusted[..<index] where earlier.name == entry.name {
        throw refusal("\(place): machine \(entry.name) is there already; accepted: each name once.")
      }
      for earlier in trusted[..<index] where earlier.publicKey == entry.publicKey {
        throw refusal("\(place): the key of \(entry.name) is that of \(earlier.name); accepted: each key once.")
      }
    }
    guard !trusted.isEmpty else {
      throw refusal(
        "\(path) trusts no machine; accepted: a line NAME \(HostKeys.Entry.kind) KEY for each, as tare keygen --host "
          + "printed it there.")
    }
    return keys
  }

  /// Logs and lines of files hold it as one word.
  private static func isName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text.allSatisfy { $0.isLetter || $0.isNumber || "._-@:".contains($0) }
  }

  private static func systemMessage(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

  private static func refusal(_ sentence: String) -> UsageError { UsageError(field: "keys", sentence) }
}
