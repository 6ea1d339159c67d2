import Testing

import tare

@Suite("Batch script")
struct BatchScriptTests {
  private static let script = BatchScript(
    .run, name: "a", cores: 3, notice: 60, folder: "/w", program: "/bin/tare", plan: "/w/p.yaml", output: "/w/my run")

  private static func directives(of script: BatchScript) -> [Substring] {
    script.text.split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }.map { $0.dropFirst(8) }
  }

  @Test("each run of a sweep is a task with a log of its own; then comes a job for the rest")
  func array() {
    var script = Self.script
    (script.work, script.output, script.options) = (.array(count: 6, parallel: 2), "/w/100%", ["--set", "seed=2"])
    let directives = Self.directives(of: script)
    #expect(directives.contains("--array=1-6%2") && directives.contains("--output=/w/100%%.slurm-%a.log"))
    let command = "/bin/tare sweep /w/p.yaml --set seed=2 --output /w/100%"
    #expect(script.text.contains("\n\(command) --run \"$SLURM_ARRAY_TASK_ID\" < /dev/null &\n"))
    script.work = .rest(after: "7")
    #expect(Self.directives(of: script).contains("--dependency=afterany:7"))
    #expect(script.text.contains("\n\(command) --resume < /dev/null &\n"))
    #expect(script.file == "/w/100%.rest.sbatch")
  }

  @Test("options of sbatch, one a line, quoted where needed")
  func directives() {
    var script = Self.script
    script.nodes = 2
    (script.time, script.partition, script.extra) = ("1:00:00", "long", ["--qos", "low", "--mem=8G"])
    #expect(
      Self.directives(of: script) == [
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
