package import Failures
import Foundation

/// The machines of `--hosts`: `a:2,b:4`, or a file in the form that MPI and DeepSpeed have, one machine a line:
///
///     # comment
///     node1 slots=4
///     user@node2 slots=8 tare=/opt/tare/bin/tare data=/data/cifar-10
package struct HostList: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    /// As ssh takes it.
    package let name: String
    /// Compute threads to use; `nil` for all processors that the machine grants.
    package var slots: Int?
    /// Where `tare` is on the machine.
    package var program: String?
    /// Where the images are on the machine.
    package var data: String?
    /// Its networks, as `InterfaceChoice` reads them.
    package var interface: String?

    /// Whether it is this machine, which needs no ssh.
    package var isLocal: Bool { name == "localhost" }
  }

  package let entries: [Entry]

  /// - Parameter text: what the flag says: the path of a file, or the machines themselves.
  package init(_ text: String) throws(UsageError) {
    if FileManager.default.fileExists(atPath: text) {
      guard let data = FileManager.default.contents(atPath: text) else {
        throw Self.refusal("\(text) cannot be read; accepted: a file with a machine on each line, or a:2,b:4.")
      }
      try self.init(lines: String(decoding: data, as: UTF8.self), of: text)
    } else {
      guard !text.contains("/") else {
        throw Self.refusal("there is no file \(text); accepted: a file with a machine on each line, or a:2,b:4.")
      }
      var entries: [Entry] = []
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        entries.append(try Self.entry(word.trimmingCharacters(in: .whitespaces), place: "--hosts \"\(text)\""))
      }
      try self.init(entries, place: { _ in "--hosts \"\(text)\"" })
    }
  }

  package init(lines text: String, of path: String) throws(UsageError) {
    var entries: [Entry] = []
    var numbers: [Int] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let name = words.first else { continue }
      entries.append(try Self.entry(name, words.dropFirst(), place: "\(path), line \(index + 1)"))
      numbers.append(index + 1)
    }
    try self.init(entries) { "\(path), line \(numbers[$0])" }
  }

  private init(_ entries: [Entry], place: (Int) -> String) throws(UsageError) {
    guard !entries.isEmpty else { throw Self.refusal("--hosts names no machine; accepted: a:2,b:4, or a file.") }
    for (index, entry) in entries.enumerated() where entries[..<index].contains(where: { $0.name == entry.name }) {
      throw Self.refusal("\(place(index)): host \(entry.name) is there already; accepted: each machine once.")
    }
    self.entries = entries
  }

  /// A word of the short form: `name` or `name:slots`.
  private static func entry(_ word: String, place: String) throws(UsageError) -> Entry {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2 else {
      throw refusal("\(place): \"\(word)\" is not understood; accepted: host or host:slots.")
    }
    var entry = Entry(name: try name(String(parts[0]), place: place))
    if parts.count == 2 { entry.slots = try slots(String(parts[1]), of: entry.name, place: place) }
    return entry
  }

  /// A line of a file: `name key=value …`.
  private static func entry(_ first: String, _ words: ArraySlice<String>, place: String) throws(UsageError) -> Entry {
    var entry = Entry(name: try name(first, place: place))
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw refusal(
          "\(place): \"\(word)\" is not understood; accepted: slots=N, tare=PATH, data=PATH, interface=NAME.")
      }
      switch parts[0] {
      case "slots", "max_slots", "max-slots": entry.slots = try slots(parts[1], of: entry.name, place: place)
      case "tare": entry.program = parts[1]
      case "data": entry.data = parts[1]
      case "interface":
        _ = try InterfaceChoice(parts[1])
        entry.interface = parts[1]
      default:
        let guess =
          NearestName.of(parts[0], in: ["slots", "tare", "data", "interface"]).map { " Did you mean \($0)?" } ?? ""
        throw refusal(
          "\(place): \(parts[0]) is unknown; accepted: slots=N, tare=PATH, data=PATH, interface=NAME.\(guess)")
      }
    }
    return entry
  }

  private static func name(_ text: String, place: String) throws(UsageError) -> String {
    // What begins with a dash would be an option of ssh.
    guard !text.isEmpty, !text.hasPrefix("-"), text.utf8.count <= 255,
      text.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
    else { throw refusal("\(place): \"\(text)\" is no name of a machine; accepted: host or user@host.") }
    return text
  }

  private static func slots(_ text: String, of name: String, place: String) throws(UsageError) -> Int {
    guard let slots = Int(text), (1...1024).contains(slots) else {
      throw refusal("\(place): slots of host \(name) is \(text); accepted: a whole number from 1 to 1024.")
    }
    return slots
  }

  private static func refusal(_ sentence: String) -> UsageError { UsageError(field: "hosts", sentence) }
}
