package import Failures
import Foundation
import Launching

/// What Slurm has granted to the job that this process runs in.
///
/// - Source: sbatch(1) and srun(1), "OUTPUT ENVIRONMENT VARIABLES".
package struct SlurmAllocation: Hashable, Sendable {
  package struct Node: Hashable, Sendable {
    package let name: String
    /// Processors that the job may use there.
    package let cores: Int
  }

  /// Its number.
  package let job: String
  package let nodes: [Node]

  /// That of this process.
  package init() throws {
    let scontrol = Result { () throws(RunError) in try Program("scontrol") }
    try self.init(ProcessInfo.processInfo.environment) { list throws(RunError) in
      try scontrol.get().output(["show", "hostnames", list]).split(separator: "\n").map(String.init)
    }
  }

  /// - Parameters:
  ///   - variables: of the environment.
  ///   - names: the nodes of a list such as `n[1-3,7]`.
  /// - Throws: `UsageError` outside of an allocation, in one of several tasks, and where variables contradict each other.
  package init(_ variables: [String: String], names: (String) throws(RunError) -> [String]) throws {
    guard let job = variables["SLURM_JOB_ID"], let list = variables["SLURM_JOB_NODELIST"] else {
      throw Self.refusal(
        "execution.launcher is \"slurm\", but this process is in no allocation (SLURM_JOB_ID is not set); accepted: tare "
          + "submit, or tare train inside of sbatch or salloc.")
    }
    if let tasks = variables["SLURM_STEP_NUM_TASKS"].flatMap({ Int($0) }), tasks > 1 {
      throw Self.refusal(
        "SLURM_STEP_NUM_TASKS is \(tasks): srun has started this process \(tasks) times, and each would lead a run; "
          + "accepted with launcher slurm: tare train without srun.")
    }
    let names = try names(list)
    if let count = variables["SLURM_JOB_NUM_NODES"], count != "\(names.count)" {
      throw Self.refusal(
        "SLURM_JOB_NUM_NODES is \(count), but SLURM_JOB_NODELIST is \(list), which is \(counted(names.count, "node")); "
          + "accepted: the variables as Slurm sets them.")
    }
    let text = variables["SLURM_JOB_CPUS_PER_NODE"] ?? ""
    guard let cores = Self.counts(text), cores.count == names.count else {
      throw Self.refusal(
        "SLURM_JOB_CPUS_PER_NODE is \"\(text)\", but SLURM_JOB_NODELIST is \(list), which is "
          + "\(counted(names.count, "node")); accepted: the variables as Slurm sets them.")
    }
    self.job = job
    nodes = zip(names, cores).map { Node(name: $0, cores: $1) }
  }

  /// Checks that workers of `threads` compute threads fit: each takes that many processors of one node.
  package func check(workers: Int, threads: Int) throws(UsageError) {
    let room = nodes.map { $0.cores / threads }.reduce(0, +)
    guard room < workers else { return }
    let granted = nodes.map { "\($0.name): \($0.cores)" }.joined(separator: ", ")
    throw Self.refusal(
      "execution.workers is \(workers), of \(counted(threads, "thread")) each, but job \(job) has processors for "
        + "\(counted(room, "worker")) (\(granted)); accepted: fewer workers, or a larger allocation.")
  }

  /// `2(x3),1` is 2, 2, 2, 1; `nil` for what has another form.
  package static func counts(_ text: String) -> [Int]? {
    var counts: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: "(x", maxSplits: 1, omittingEmptySubsequences: false)
      guard let count = words.first.flatMap({ Int($0) }), count > 0 else { return nil }
      guard words.count == 2 else {
        counts.append(count)
        continue
      }
      guard words[1].last == ")", let times = Int(words[1].dropLast()), (1...65536).contains(times) else { return nil }
      counts += Array(repeating: count, count: times)
    }
    return counts
  }

  private static func refusal(_ sentence: String) -> UsageError { UsageError(field: "launcher", sentence) }
}
