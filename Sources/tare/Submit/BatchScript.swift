import Failures

/// What sbatch runs, written so that a person can read and change it.
package struct BatchScript: Hashable, Sendable {
  package enum Work: Hashable, Sendable {
    /// The run of a plan, on all nodes.
    case run
    /// The runs of a sweep, each as a task of an array, at most so many at a time.
    case array(count: Int, parallel: Int?)
    /// What is left of a sweep when another job has ended, and its results.
    case rest(after: String)
  }

  package var work: Work
  package var name: String
  package var nodes = 1
  /// Processors of each node.
  package var cores: Int
  package var time: String?
  package var partition: String?
  package var account: String?
  /// Seconds before the time limit at which the work stores its state and makes room.
  package var notice: Int
  /// More words for sbatch.
  package var extra: [String] = []
  /// Where it was submitted.
  package var folder: String
  /// The program.
  package var program: String
  package var plan: String
  /// The folder of the run or sweep.
  package var output: String
  /// More words for `tare`.
  package var options: [String] = []

  package init(
    _ work: Work, name: String, cores: Int, notice: Int, folder: String, program: String, plan: String, output: String
  ) {
    (self.work, self.name, self.cores, self.notice, self.folder) = (work, name, cores, notice, folder)
    (self.program, self.plan, self.output) = (program, plan, output)
  }

  /// Where the script is written.
  package var file: String { if case .rest = work { output + ".rest.sbatch" } else { output + ".sbatch" } }

  /// What Slurm keeps of stdout and stderr; of an array, `%a` is the number of the task.
  package var log: String {
    // In the name of a file, % begins a pattern.
    let stem = output.replacing("%", with: "%%")
    return switch work {
    case .run: stem + ".slurm.log"
    case .array: stem + ".slurm-%a.log"
    case .rest: stem + ".slurm-rest.log"
    }
  }

  package var text: String {
    """
    #!/bin/bash
    \(directives.map { "#SBATCH \($0)" }.joined(separator: "\n"))

    # USR1 comes \(notice) s before the time limit, to this shell alone: tare stores the state, and the job goes on in
    # another allocation. TERM, by scancel or preemption, reaches every process of the job, tare as well: it stores the
    # state and ends, and Slurm decides what comes next.
    process=
    requeue=no
    stopped=no
    stop() {
      requeue=yes
      if [ -n "$process" ] && [ "$stopped" = no ]; then stopped=yes; kill -TERM "$process"; fi
    }
    trap stop USR1
    trap : TERM

    \(start) < /dev/null &
    process=$!
    # USR1 may have come before.
    if [ "$requeue" = yes ]; then stop; fi

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

  /// Starts `tare`, such that it goes on where an earlier start of the job has ended.
  private var start: String {
    let sweep = [program, "sweep", plan] + options + ["--output", output]
    switch work {
    case .run:
      return """
        run=\(ShellText.command([output]))
        if [ -e "$run/run.json" ]; then
          set -- --resume "$run"
        else
          set -- \(ShellText.command([plan])) --output "$run"
        fi
        \(ShellText.command([program])) train "$@" \(ShellText.command(options + ["--launcher", "slurm"]))
        """
    case .array: return ShellText.command(sweep) + " --run \"$SLURM_ARRAY_TASK_ID\""
    case .rest: return ShellText.command(sweep + ["--resume"])
    }
  }

  private var directives: [String] {
    var directives = [
      "--job-name=\(Self.quoted(name))", "--nodes=\(nodes)", "--ntasks-per-node=1", "--cpus-per-task=\(cores)",
    ]
    for (flag, value) in [("time", time), ("partition", partition), ("account", account)] {
      if let value { directives.append("--\(flag)=\(Self.quoted(value))") }
    }
    switch work {
    case .run: break
    case .array(let count, let parallel): directives.append("--array=1-\(count)\(parallel.map { "%\($0)" } ?? "")")
    case .rest(let job): directives.append("--dependency=afterany:\(job)")
    }
    directives += [
      "--chdir=\(Self.quoted(folder))", "--output=\(Self.quoted(log))", "--open-mode=append", "--requeue",
      "--signal=B:USR1@\(notice)",
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
