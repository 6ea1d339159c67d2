import Failures
import Testing

import Hosting

@Suite("Allocation of Slurm")
struct SlurmAllocationTests {
  private static let variables = [
    "SLURM_JOB_ID": "7", "SLURM_JOB_NODELIST": "n[1-3]", "SLURM_JOB_NUM_NODES": "3",
    "SLURM_JOB_CPUS_PER_NODE": "2(x2),1",
  ]

  private static func allocation(_ changes: [String: String?] = [:]) throws -> SlurmAllocation {
    var variables = Self.variables
    for (name, value) in changes { variables[name] = value }
    return try SlurmAllocation(variables) { _ in ["n1", "n2", "n3"] }
  }

  @Test("nodes and their processors")
  func nodes() throws {
    let allocation = try Self.allocation()
    #expect(allocation.job == "7")
    #expect(allocation.nodes.map(\.name) == ["n1", "n2", "n3"] && allocation.nodes.map(\.cores) == [2, 2, 1])
  }

  @Test(
    "counts are written with repetitions",
    arguments: [
      ("4", [4]), ("2(x3)", [2, 2, 2]), ("1,2(x2),3", [1, 2, 2, 3]), ("", nil), ("2(x", nil), ("2(x)", nil), ("x", nil),
      ("2(x0)", nil), ("-1", nil), ("2,", nil), ("2(x99999999)", nil),
    ] as [(String, [Int]?)])
  func counts(text: String, counts: [Int]?) { #expect(SlurmAllocation.counts(text) == counts) }

  @Test(
    "no allocation, several leaders and contradictions are refused with the variables",
    arguments: [
      (["SLURM_JOB_ID": nil], "SLURM_JOB_ID is not set"),
      (["SLURM_STEP_NUM_TASKS": "3"], "SLURM_STEP_NUM_TASKS is 3"),
      (["SLURM_JOB_NUM_NODES": "4"], "SLURM_JOB_NUM_NODES is 4, but SLURM_JOB_NODELIST is n[1-3], which is 3 nodes"),
      (["SLURM_JOB_CPUS_PER_NODE": "2(x2)"], "SLURM_JOB_CPUS_PER_NODE is \"2(x2)\", but SLURM_JOB_NODELIST is n[1-3]"),
      (["SLURM_JOB_CPUS_PER_NODE": nil], "SLURM_JOB_CPUS_PER_NODE is \"\""),
    ] as [([String: String?], String)])
  func refusals(changes: [String: String?], words: String) {
    let error = #expect(throws: UsageError.self) { try Self.allocation(changes) }
    #expect(error?.exitCode == ExitCode.usage && error?.description.contains(words) == true, "\(words)")
  }

  @Test("a worker's threads are processors of one node")
  func room() throws {
    let allocation = try Self.allocation()
    try allocation.check(workers: 5, threads: 1)
    try allocation.check(workers: 2, threads: 2)
    let error = #expect(throws: UsageError.self) { try allocation.check(workers: 3, threads: 2) }
    #expect(
      error?.description
        == "execution.workers is 3, of 2 threads each, but job 7 has processors for 2 workers (n1: 2, n2: 2, n3: 1); "
        + "accepted: fewer workers, or a larger allocation.")
  }

  @Test(
    "lines of srun",
    arguments: [
      ("0: tare: no", .task(0, "tare: no")), (" 7: a: b", .task(7, "a: b")),
      (
        "srun: error: n[1-2]: tasks 0-1: Exited with exit code 69",
        .ended(nodes: "n[1-2]", why: "Exited with exit code 69")
      ), ("srun: error: n3: task 2: Killed", .ended(nodes: "n3", why: "Killed")),
      ("srun: error: Unable to create step for job 7: More processors requested", .other), ("", .other),
      ("srun: Force Terminated StepId=4.1", .other),
    ] as [(String, SlurmMessage)])
  func lines(line: String, message: SlurmMessage) { #expect(SlurmMessage(line) == message) }
}
