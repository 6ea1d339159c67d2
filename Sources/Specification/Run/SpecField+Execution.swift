extension SpecField {
  /// The fields that never change a bit of the weights.
  static let execution: [SpecField] = [
    SpecField(
      "execution.workers", \.execution.workers, flags: "workers", help: "Worker processes.", determinesBits: false,
      accepted: "a whole number from 1 to 1024", accepts: { (1...1024).contains($0) }),
    SpecField(
      "execution.threads", \.execution.threads, flags: "threads", help: "Compute threads of one worker.",
      determinesBits: false,
      accepted: "a whole number from 1 to 256", accepts: { (1...256).contains($0) }),
    SpecField(
      "execution.servers", \.execution.servers, flags: "servers",
      help: "Server processes, each with a share of the weights.", determinesBits: false,
      accepted: "a whole number from 1 to 64", accepts: { (1...64).contains($0) }),
    SpecField(
      "execution.serverThreads", \.execution.serverThreads, flags: "server-threads",
      help: "Threads of each server, which share large sums, updates and encryption.", determinesBits: false,
      accepted: "a whole number from 1 to 256", accepts: { (1...256).contains($0) }),
    SpecField(
      "execution.spare", \.execution.spare, flags: "spare", help: "Of the workers, how many may stand by without work.",
      determinesBits: false,
      accepted: "a whole number, 0 or more, below workers", accepts: { $0 >= 0 }),
    SpecField(
      "execution.launcher", \.execution.launcher, flags: "launcher",
      help: "Who starts servers and workers; ssh: agents on the machines of hosts; slurm: on the nodes of the job; "
        + "env: the ranks of mpirun, srun or torchrun; none: you do, by hand.",
      determinesBits: false),
    SpecField(
      "execution.hosts", \.execution.hosts, flags: "hosts",
      help: "Machines to run on, over ssh: a:2,b:4 (slots), or a file with a machine on each line.",
      determinesBits: false, accepted: "machines, or a file that lists them", accepts: { $0?.isEmpty != true }),
    SpecField(
      "execution.transport", \.execution.transport, flags: "transport",
      help: "How they talk; auto: ipc, for threads inproc, between hosts tcp, by hand as listen says.",
      determinesBits: false),
    SpecField(
      "execution.listen", \.execution.listen, flags: "listen",
      help: "With launcher none: where the coordinator waits for hosts.",
      determinesBits: false,
      accepted: ListenAddress.accepted, accepts: { $0.map { ListenAddress($0) != nil } ?? true }),
    SpecField(
      "execution.keys", \.execution.keys, flags: "keys",
      help: "With launcher none: this machine's key and the hosts to let in; a file of tare keygen --host.",
      determinesBits: false, accepted: "a file", accepts: { $0?.isEmpty != true }
    ).naming(.plan),
    SpecField(
      "execution.copy", \.execution.copy, flags: "copy",
      help: "Put this program on the machines of hosts first, where it is not there yet.", determinesBits: false,
      isRequired: false),
    SpecField(
      "execution.interface", \.execution.interface, flags: "interface",
      help: "Networks by which other machines reach this one: eth1, 10.0.0.0/8 or ^docker0.",
      determinesBits: false, accepted: "names or blocks of addresses", accepts: { $0?.isEmpty != true }),
    SpecField(
      "execution.joinDeadline", \.execution.joinDeadline, flags: "join-deadline",
      help: "Seconds until everyone must have joined.", determinesBits: false,
      accepted: "a number above 0, at most 86400", accepts: { $0 > 0 && $0 <= 86400 }),
    SpecField(
      "execution.metricsEvery", \.execution.metricsEvery, flags: "metrics-every",
      help: "Steps between two rows of metrics.", determinesBits: false,
      accepted: "a whole number from 1 to 10⁹", accepts: { (1...RunSpec.mostSteps).contains($0) }),
    SpecField(
      "execution.metrics", \.execution.metrics, help: "Metrics to record; none named: all (see tare explain).",
      determinesBits: false, accepted: "names of metrics"),
    SpecField(
      "execution.recordRates", \.execution.recordRates,
      help: "Record every filter's effective rate in every step, for a run that follows this one.",
      determinesBits: false),
    SpecField(
      "execution.tensorboard", \.execution.tensorboard, help: "Write an event file for TensorBoard.",
      determinesBits: false, isRequired: false),
    SpecField(
      "execution.evaluateEvery", \.execution.evaluateEvery, flags: "evaluate-every",
      help: "Steps between two evaluations; 0 = at each epoch's end.", determinesBits: false,
      accepted: "a whole number from 0 to 10⁹", accepts: { (0...RunSpec.mostSteps).contains($0) }),
    SpecField(
      "execution.checkpointEvery", \.execution.checkpointEvery, flags: "checkpoint-every",
      help: "Steps between two checkpoints; 0 = with each evaluation.", determinesBits: false,
      accepted: "a whole number from 0 to 10⁹", accepts: { (0...RunSpec.mostSteps).contains($0) }),
    SpecField(
      "execution.keepCheckpoints", \.execution.keepCheckpoints, flags: "keep-checkpoints",
      help: "How many of the last checkpoints to keep, beside step 0 and the best.", determinesBits: false,
      accepted: "a whole number from 1 to 10⁹", accepts: { (1...RunSpec.mostSteps).contains($0) }),
    SpecField(
      "execution.keepEvery", \.execution.keepEvery, flags: "keep-every",
      help: "Steps between two checkpoints that are kept for ever; 0 = none.", determinesBits: false,
      accepted: "a whole number from 0 to 10⁹", accepts: { (0...RunSpec.mostSteps).contains($0) }),
    SpecField(
      "execution.output", \.execution.output, flags: "output", help: "Run folder; it must not hold a run yet.",
      determinesBits: false,
      accepted: "a folder", accepts: { $0?.isEmpty != true }
    ).naming(.plan),
    SpecField(
      "execution.name", \.execution.name, flags: "name", help: "What to call the run.", determinesBits: false,
      accepted: "text", accepts: { $0?.isEmpty != true }),
    SpecField(
      "execution.tags", \.execution.tags, flags: "tag", help: "Words to find the run by.", determinesBits: false,
      accepted: "words"),
    SpecField(
      "execution.progress", \.execution.progress, flags: "progress",
      help: "A bar on a terminal and lines elsewhere (auto), lines, or none.", determinesBits: false),
    SpecField(
      "execution.logFormat", \.execution.logFormat, flags: "log-format",
      help: "The lines of log.txt and of stderr: for people, or a JSON object each.", determinesBits: false,
      isRequired: false),
    SpecField(
      "execution.json", \.execution.json, flags: "json",
      help: "Print the result as one JSON object on stdout, and nothing else.", determinesBits: false),
  ]
}
