import Failures
import Foundation
import Specification

/// The text of a plan file, which may be a pipe, and where relative paths in it start.
struct PlanSource {
  /// For messages.
  let name: String
  let text: String
  /// The plan's folder; `nil` for a pipe, whose relative paths start at the working folder.
  let folder: String?

  /// In bytes: the largest record of a run. A plan has at most `PlanText.limit`.
  private static let limit = 1 << 20

  /// - Parameter path: `-` is standard input.
  init(_ path: String) throws(SpecError) {
    let isInput = path == "-"
    name = isInput ? "standard input" : path
    let descriptor = isInput ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
    defer { if !isInput, descriptor >= 0 { close(descriptor) } }
    var facts = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &facts) == 0 else { throw Self.unreadable(name) }
    guard facts.st_mode & S_IFMT != S_IFDIR else { throw Self.folder(path) }
    guard let bytes = Self.read(descriptor) else { throw Self.unreadable(name) }
    guard bytes.count <= Self.limit else {
      throw SpecError(
        field: nil, "the plan has more than \(Self.limit) bytes; accepted: at most \(PlanText.limit).", origin: name)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SpecError(field: nil, "plan file \"\(name)\" is not text; accepted: YAML in UTF-8.")
    }
    self.text = text
    folder = facts.st_mode & S_IFMT == S_IFREG && !isInput ? UserPath(path, home: nil).folder : nil
  }

  /// To the end, or to where there is too much; `nil` if reading fails.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = unsafe room.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { break }
      bytes += room.prefix(count)
    }
    return bytes
  }

  private static func unreadable(_ name: String) -> SpecError {
    SpecError(
      field: nil,
      "plan file \"\(name)\" cannot be read; accepted: the path of a YAML file, or - for standard input.")
  }

  private static func folder(_ path: String) -> SpecError {
    let record = UserPath("run.json", in: path).text
    let isRun = unsafe access(record, F_OK) == 0
    return SpecError(
      field: nil,
      "plan file \"\(path)\" is a folder; accepted: a YAML file"
        + (isRun ? ", or \(record), to train the same spec again." : "."))
  }
}
