import Foundation
package import Records

/// The event file of a folder, `events.out.tfevents.<time>.<host>`.
///
/// Continuing or rewinding a file creates a new one with the bytes kept. Its later name makes a TensorBoard
/// that is watching move on to it, and its second record, the start of a session, makes that forget what it has read. So
/// each step is shown once, by a reader that was there all the time and by one that comes later. The file before stays
/// as an empty one: a reader that misses it gives up.
package struct EventFile: ~Copyable {
  package let path: String
  /// Whether nothing was kept.
  package let isNew: Bool
  private let file: OutputFile
  private var pending: [UInt8] = []
  /// Bytes in the file, all events flushed so far: what a later file can keep of it.
  package private(set) var cursor: Int
  private var hash: FileHash

  private static let prefix = "events.out.tfevents."

  /// Begins a file in `folder`, which is made where there is none, and empties the one before it.
  ///
  /// - Parameters:
  ///   - kept: bytes to keep of the file before; where it has fewer, nothing is kept.
  ///   - sha256: of those bytes; where it has others, nothing is kept.
  /// - Throws: `RecordError` for a folder that can't be read or written.
  package init(in folder: String, keeping kept: Int? = nil, sha256: String? = nil) throws(RecordError) {
    guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw .system("make folder", folder) }
    let names = Self.names(in: folder)
    let earlier = names.lazy.map { FileManager.default.contents(atPath: folder + "/" + $0) }
    let content = kept.flatMap { kept in
      earlier.compactMap { $0 }.filter { $0.count >= kept }.map { Array($0.prefix(kept)) }
        .first { sha256 == nil || Self.sha256(of: $0) == sha256 }
    }
    let now = Date().timeIntervalSince1970
    let time = max(Int(now), (names.last.flatMap(Self.time) ?? 0) + 1)
    let path = "\(folder)/\(Self.prefix)\(String(format: "%010d", time)).\(ProcessInfo.processInfo.hostName)"
    let head = content ?? [.fileVersion, .sessionStart].flatMap { Event(wallTime: now, $0).record }
    let file = try OutputFile(path, flags: O_CREAT | O_EXCL)
    try file.write(head)
    for name in names.dropLast() { unsafe unlink(folder + "/" + name) }
    if let last = names.last { _ = unsafe truncate(folder + "/" + last, 0) }
    (self.path, isNew, cursor) = (path, content == nil, head.count)
    self.file = file
    hash = FileHash()
    hash.update(head)
  }

  /// The hash of the bytes up to `cursor`.
  package var sha256: String { hash.sha256 }

  private static func sha256(of bytes: [UInt8]) -> String {
    var hash = FileHash()
    hash.update(bytes)
    return hash.sha256
  }

  /// Keeps `event` until the next flush.
  package mutating func append(_ event: Event) { pending += event.record }

  /// Appends the events kept so far by one write.
  package mutating func flush() throws(RecordError) {
    guard !pending.isEmpty else { return }
    try file.write(pending)
    hash.update(pending)
    cursor += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// The event files in `folder`, the latest last.
  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// Seconds since 1970 in a file's name; `nil` for more digits than this program writes.
  private static func time(in name: String) -> Int? {
    Int(name.dropFirst(prefix.count).prefix { $0 != "." }).flatMap { (0..<9_999_999_999).contains($0) ? $0 : nil }
  }
}
