package import Coordination
package import Foundation

/// The processes of members, as the kernel lists them.
package enum MemberProcess {
  /// The process of `member` that `parent` started; `nil` if there is none now.
  package static func find(_ member: Member, startedBy parent: pid_t) -> pid_t? {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap(pid_t.init) ?? []
    return numbers.first { number in
      guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline"),
        let status = FileManager.default.contents(atPath: "/proc/\(number)/status"),
        String(decoding: status, as: UTF8.self).contains("\nPPid:\t\(parent)\n")
      else { return false }
      let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      guard let rank = arguments.firstIndex(of: "--rank"), arguments.indices.contains(rank + 1) else { return false }
      return arguments.dropFirst().first == member.role.rawValue && arguments[rank + 1] == "\(member.rank)"
    }
  }
}
