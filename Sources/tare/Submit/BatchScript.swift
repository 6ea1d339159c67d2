import Failures

/// What sbatch runs, written so that a person can read and change it.
package struct BatchScript: Hashable, Sendable {
  package var name: String
  package var nodes: Int
  /// Processors of each node.
  package var cores: Int
  package var time: String?
  package var partition: String?
  package var account: String?
  /// Seconds before the time limit at which the run stores its state and makes room.
  package var notice: Int
  /// More words for sbatch.
  package var extra: [String] = []
  /// Where it was submitted.
  package var folder: String
  /// The program.
  package var program: String
  /// The run's folder.
  package var run: String
  package var plan: String
  /// More words for `tare train`.
  package var options: [String] = []

  package init(
    name: String, nodes: Int, cores: Int, notice: Int, folder: String, program: String, run: String, plan: String
  ) {
    (self.name, self.nodes, self.cores, self.notice) = (name, nodes, cores, notice)
    (self.folder, self.program, self.run, self.plan) = (folder, program, run, plan)
  }

  /// What Slurm keeps of stdout and stderr.
  package var log: String { run + ".slurm.log" }

  package var text: String {
    """
    #!/bin/bash
    \(directives.map { "#SBATCH \($0)" }.joined(separator: "\n"))

    # USR1 comes \(notice) s before the time limit, to this shell alone: the run stores its state, and the job goes on in
    # another allocation. TERM, by scancel or preemption, reaches every process of the job, tare as well: it stores the
    # state and ends, and Slurm decides what comes next.
    requeue=no
    trap 'requeue=yes; kill -TERM "$process"' USR1
    trap : TERM

    run=\(ShellText.command([run]))
    if [ -e "$run/run.json" ]; then
      set -- --resume "$run"
    else
      set -- \(ShellText.command([plan])) --output "$run"
    fi
    \(ShellText.command([program])) train "$@" \(ShellText.command(options + ["--launcher", "slurm"])) < /dev/null &
    process=$!

    # A trap interrupts wait.
    wait "$process"
    while kill -0 "$process" 2> /dev/null; do wait "$process"; done
    wait "$process"
    status=$?

    # 143: stopped by TERM, can be resumed.
    if [ "$requeue" = yes ] && [ "$status" -eq 143 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
    exit "$status"

    """
  }

  private var directives: [String] {
    var directives = [
      "--job-name=\(Self.quoted(name))", "--nodes=\(nodes)", "--ntasks-per-node=1", "--cpus-per-task=\(cores)",
    ]
    for (flag, value) in [("time", time), ("partition", partition), ("account", account)] {
      if let value { directives.append("--\(flag)=\(Self.quoted(value))") }
    }
    // In the name of a file, % begins a pattern.
    directives += [
      "--chdir=\(Self.quoted(folder))", "--output=\(Self.quoted(log.replacing("%", with: "%%")))", "--open-mode=append",
      "--requeue", "--signal=B:USR1@\(notice)",
    ]
    var more: [String] = []
    for word in extra {
      // A word without a dash is the value of the one before it.
      if !word.hasPrefix("-"), let last = more.popLast() {
        more.append("\(last) \(Self.quoted(word))")
      } else {
        more.append(Self.quoted(word))
      }
    }
    return directives + more
  }

  /// sbatch reads a shell's quotation marks.
  private static func quoted(_ word: String) -> String { ShellText.command([word]) }
}
