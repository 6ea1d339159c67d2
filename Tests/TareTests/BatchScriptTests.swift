import Testing

import tare

@Suite("Batch script")
struct BatchScriptTests {
  private static let script = BatchScript(
    name: "a", nodes: 2, cores: 3, notice: 60, folder: "/w", program: "/bin/tare", run: "/w/my run", plan: "/w/p.yaml")

  @Test("options of sbatch, one a line, quoted where needed")
  func directives() {
    var script = Self.script
    (script.time, script.partition, script.extra) = ("1:00:00", "long", ["--qos", "low", "--mem=8G"])
    let lines = script.text.split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }.map { $0.dropFirst(8) }
    #expect(
      lines == [
        "--job-name=a", "--nodes=2", "--ntasks-per-node=1", "--cpus-per-task=3", "--time=1:00:00", "--partition=long",
        "--chdir=/w", "--output='/w/my run.slurm.log'", "--open-mode=append", "--requeue", "--signal=B:USR1@60",
        "--qos low", "--mem=8G",
      ])
  }

  @Test(
    "time limits in Slurm's forms",
    arguments: [
      ("90", 5400), ("1:30", 90), ("1:00:00", 3600), ("2-00", 172800), ("1-1:1", 90060), ("1-1:1:1", 90061), ("0", nil),
      ("", nil), ("1h", nil), ("1:2:3:4", nil), ("-1", nil), ("1-", nil), ("9999999", nil),
    ] as [(String, Int?)])
  func limits(text: String, seconds: Int?) { #expect(TimeLimit(text)?.seconds == seconds) }
}
