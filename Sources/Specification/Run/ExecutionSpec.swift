/// On what the run is computed and what it leaves behind. Nothing here changes a bit of the weights.
package struct ExecutionSpec: Hashable, Sendable {
  package var workers = 2
  package var threads = 1  // compute threads of one worker
  package var servers = 1
  package var serverThreads = 1  // of each server, which share large sums, updates and encryption
  package var spare = 0  // of the workers, how many may stand by without a microbatch
  package var launcher = Launcher.processes
  package var transport = Transport.auto
  package var listen: String?  // with launcher none: where the coordinator waits for the others
  package var keys: String?  // with launcher none: a file with this machine's key and the hosts that it lets in
  package var hosts: String?  // machines to start servers and workers on: a list, or the path of one
  package var copy = false  // whether to put this program on the machines that ssh reaches
  package var interface: String?  // the networks by which other machines reach this one; none: all that lead outward
  package var joinDeadline = 60.0  // seconds until everyone must have joined

  package var metricsEvery = 20  // steps between two rows of metrics
  package var metrics: [String] = []  // which to record; none named: all
  package var recordRates = false  // every filter's effective rate in every step, for a run that follows it
  package var tensorboard = true  // whether to write an event file for TensorBoard
  package var evaluateEvery = 0  // steps between two evaluations; 0 = each epoch's end
  package var checkpointEvery = 0  // steps between two checkpoints; 0 = with each evaluation
  package var keepCheckpoints = 3  // the last so many; the best, step 0 and keepEvery's stay too
  package var keepEvery = 0  // steps between two checkpoints that are kept for ever; 0 = none
  package var output: String?  // run folder; none: runs/<time>-<id>
  package var name: String?
  package var tags: [String] = []
  package var progress = Progress.auto
  package var logFormat = LogFormat.text
  package var json = false  // the result as one JSON object on stdout

  package init() {}

  /// Who starts servers and workers: processes of this machine, threads of this process, agents that ssh starts on the
  /// machines of `hosts` or srun on the nodes of an allocation, the processes that mpirun, srun, torchrun or Kubernetes started
  /// (`env`: their variables tell the rank), or nobody (by hand).
  package enum Launcher: String, SpecChoice {
    case processes, threads, ssh, slurm, env, none

    /// Whether the run is spread over machines that agents offer.
    package var usesHosts: Bool { [.ssh, .slurm, .env].contains(self) }
  }

  package enum Transport: String, SpecChoice {
    case auto, ipc, tcp, inproc
  }

  /// Lines for people, or a JSON object in each line.
  package enum LogFormat: String, SpecChoice {
    case text, json
  }

  /// A bar on a terminal and plain lines elsewhere (`auto`), plain lines, or nothing.
  package enum Progress: String, SpecChoice {
    case auto, plain, none
  }
}
