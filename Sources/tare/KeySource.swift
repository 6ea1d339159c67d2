import Failures
import Foundation
import Roles
import Transport

/// Where a command finds the key of the run that it joins. Never in its arguments, which every user of the machine can list.
struct KeySource {
  /// Given by `--key-file`.
  let file: UserPath?
  /// From the run's own folder.
  let recorded: String?

  func key() throws -> RunKey {
    if let recorded { return try Self.key(recorded, from: "join.json") }
    if let file {
      // Also from a pipe.
      guard let handle = FileHandle(forReadingAtPath: file.text), let data = try? handle.read(upToCount: 1024) ?? Data()
      else {
        throw UsageError(field: "key-file", "--key-file \(file) cannot be read; accepted: a file with the run's key.")
      }
      return try Self.key(String(decoding: data, as: UTF8.self), from: "--key-file \(file)")
    }
    guard let text = ProcessInfo.processInfo.environment[Invitation.keyVariable] else {
      throw UsageError(
        field: "key-file",
        "the run's key is missing; accepted: \(Invitation.keyVariable) in the environment, or --key-file.")
    }
    return try Self.key(text, from: Invitation.keyVariable)
  }

  /// Reads stdin up to the end of its first line, and not a byte more.
  static func line(of source: String) throws -> RunKey {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < 1024, unsafe read(0, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return try key(String(decoding: bytes, as: UTF8.self), from: source)
  }

  private static func key(_ text: String, from source: String) throws -> RunKey {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if let key = RunKey(text: text) { return key }
    // The text itself may be most of a key.
    let fault =
      text.count == RunKey.digitCount ? "is no hexadecimal number" : "has \(counted(text.count, "character"))"
    throw UsageError(
      field: "key-file",
      "the key in \(source) \(fault); accepted: the \(RunKey.digitCount) hexadecimal digits that "
        + "tare train printed.")
  }
}
