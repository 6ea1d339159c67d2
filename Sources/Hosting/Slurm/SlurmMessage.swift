/// A line on srun's stderr.
package enum SlurmMessage: Hashable, Sendable {
  /// What a task wrote, with `--label`.
  case task(Int, String)
  /// Tasks have ended badly on these nodes, in Slurm's notation.
  case ended(nodes: String, why: String)
  case other

  /// `1: words`, `srun: error: n[1-2]: tasks 0-1: Exited with exit code 69`, or something else.
  package init(_ line: String) {
    let parts = line.split(separator: ": ", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 1, let task = Int(parts[0].drop { $0 == " " }) {
      self = .task(task, parts[1...].joined(separator: ": "))
    } else if parts.count > 4, parts[0] == "srun", parts[1] == "error", parts[3].hasPrefix("task") {
      self = .ended(nodes: parts[2], why: parts[4...].joined(separator: ": "))
    } else {
      self = .other
    }
  }
}
