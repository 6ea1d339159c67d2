package import Coordination
package import Foundation

/// The children of a process, as the kernel lists them.
package enum ChildProcesses {
  /// In ascending order of process ids.
  package static func of(_ parent: pid_t) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.sorted().filter { process in
      let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
      // The process name in parentheses may contain any characters.
      guard let name = stat.lastIndex(of: ")") else { return false }
      let fields = stat[stat.index(after: name)...].split(separator: " ")
      return fields.count > 1 && fields[1] == "\(parent)"
    }
  }

  /// The child that `parent` started for `member`; `nil` if there is none.
  package static func member(_ member: Member, of parent: pid_t) -> pid_t? {
    of(parent).first { process in
      guard let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
      let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      guard let rank = arguments.firstIndex(of: "--rank"), arguments.indices.contains(rank + 1) else { return false }
      return arguments.dropFirst().first == member.role.rawValue && arguments[rank + 1] == "\(member.rank)"
    }
  }
}
