import Failures
import Foundation
import Records

/// Processors of this machine, and how many of them this process may keep busy.
package struct ProcessorFacts: Hashable, Sendable {
  let online: Int
  /// By affinity and quota, rounded up.
  let available: Int
  /// Of the control group, in processors; `nil` without one.
  let quota: Double?

  package init(online: Int = ProcessInfo.processInfo.activeProcessorCount, _ read: SystemText = systemText) {
    self.online = online
    available = Processors.available(of: online, read)
    quota = Processors.quota(read)
  }

  package var finding: Finding {
    let limit =
      quota.map { "; the control group allows \($0.formatted(.number.locale(.init(identifier: "en"))))" } ?? ""
    let found = (available < online ? "\(available) of \(online) processors" : counted(online, "processor")) + limit
    guard let quota, quota < 1 else { return .ok("processors", found) }
    return .warning(
      "processors", found,
      advice:
        "Raise the CPU limit of the container or job to 1 or more: below that, every thread is stopped for a part of the "
        + "time.")
  }
}
