/// A control group that this process is in, or one above it.
package struct ControlGroup: Hashable, Sendable {
  /// With the files that hold its limits.
  package let folder: String
  /// Whether it is of version 2, whose files have other names.
  package let isUnified: Bool

  /// Those that may limit what `controller` is about.
  ///
  /// - Parameters:
  ///   - controller: as Linux names it, such as `cpu` or `memory`.
  ///   - read: the text of a file, or `nil`.
  /// - Source: cgroups(7); Linux, Documentation/admin-guide/cgroup-v2.rst.
  package static func all(of controller: String, _ read: (String) -> String?) -> [ControlGroup] {
    let groups = (read("/proc/self/cgroup") ?? "").split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    }
    return (read("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap(Mount.init).flatMap {
      mount -> [ControlGroup] in
      let group = groups.first {
        $0.count == 3 && (mount.isUnified ? $0[1].isEmpty : $0[1].split(separator: ",").contains(Substring(controller)))
      }
      guard let group, mount.isUnified || mount.controllers.contains(Substring(controller)) else { return [] }
      return mount.folders(of: String(group[2])).map { ControlGroup(folder: $0, isUnified: mount.isUnified) }
    }
  }

  /// A line of mountinfo (proc_pid_mountinfo(5)) about control groups.
  private struct Mount {
    private let root: String
    private let path: String
    let isUnified: Bool
    /// Of a version 1 hierarchy.
    let controllers: [Substring]

    init?(_ line: Substring) {
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), words.count > dash + 3, dash > 4 else { return nil }
      isUnified = words[dash + 1] == "cgroup2"
      controllers = words[dash + 1] == "cgroup" ? words[dash + 3].split(separator: ",") : []
      (root, path) = (String(words[3]), String(words[4]))
    }

    /// The folders of a group and its ancestors, as far as the mount shows them.
    func folders(of group: String) -> [String] {
      let inner = root == "/" ? group : group.hasPrefix(root) ? String(group.dropFirst(root.count)) : ""
      let parts = inner.split(separator: "/")
      return (0...parts.count).map { ([path[...]] + parts.prefix($0)).joined(separator: "/") }
    }
  }
}
