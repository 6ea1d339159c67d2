extension RunSpec {
  /// Workers, and how the processes find each other.
  func checkProcesses() throws(SpecError) {
    try checkWorkers()
    try checkTransport()
    try checkListen()
    try checkHosts()
    try checkKeys()
  }

  private func checkWorkers() throws(SpecError) {
    let (workers, threads, spare) = (execution.workers, execution.threads, execution.spare)
    guard spare < workers else {
      throw SpecError(
        field: "execution.spare",
        "execution.spare is \(spare), but there are \(workers) workers in all; accepted: fewer than those.")
    }
    // Where gradients may be behind, a worker need not have a share of every step.
    guard (workers - spare) * threads > microbatchCount, staleness == .versions(0) else { return }
    let busy = spare == 0 ? "\(workers)" : "(\(workers) − \(spare) spare)"
    throw SpecError(
      field: "execution.workers",
      "execution.workers × execution.threads is \(busy) × \(threads) = \((workers - spare) * threads), but a step has "
        + "\(microbatchCount) microbatches (batch \(batch) / microbatch \(microbatch)); "
        + "accepted: at most \(microbatchCount), or some workers as execution.spare.")
  }

  private func checkTransport() throws(SpecError) {
    let (launcher, transport) = (execution.launcher, execution.transport)
    if launcher == .threads, transport != .auto, transport != .inproc {
      throw SpecError(
        field: "execution.transport",
        "execution.transport is \"\(transport.rawValue)\", but launcher threads takes inproc; accepted: auto, inproc.")
    }
    let inForce = execution.hosts != nil && launcher == .processes ? .ssh : launcher
    if inForce.usesHosts, transport != .auto, transport != .tcp {
      throw SpecError(
        field: "execution.transport",
        "execution.transport is \"\(transport.rawValue)\", but launcher \(inForce.rawValue) takes tcp; "
          + "accepted: auto, tcp.")
    }
    if launcher != .threads, transport == .inproc {
      throw SpecError(
        field: "execution.transport",
        "execution.transport is \"inproc\", which needs launcher threads; accepted with launcher "
          + "\(launcher.rawValue): auto, ipc, tcp.")
    }
  }

  private func checkHosts() throws(SpecError) {
    if let hosts = execution.hosts, ![.processes, .ssh].contains(execution.launcher) {
      throw SpecError(
        field: "execution.hosts",
        "execution.hosts is \"\(hosts)\", but launcher \(execution.launcher.rawValue) starts nothing there; "
          + "accepted: launcher ssh.")
    }
    if execution.hosts == nil, execution.launcher == .ssh {
      throw SpecError(
        field: "execution.hosts",
        "execution.hosts is missing; accepted with launcher ssh: a:2,b:4, or a file that lists machines.")
    }
  }

  /// Other launchers hand a key to the agents that they start, or to all ranks.
  private func checkKeys() throws(SpecError) {
    guard let keys = execution.keys else { return }
    guard execution.launcher == .none else {
      throw SpecError(
        field: "execution.keys",
        "execution.keys is \"\(keys)\", but launcher \"\(execution.launcher.rawValue)\" hands out a key by itself; "
          + "leave it out, or use launcher none.")
    }
    guard let listen = execution.listen, ListenAddress(listen)?.transport != .tcp else { return }
    throw SpecError(
      field: "execution.keys",
      "execution.keys is \"\(keys)\", but no host joins at \"\(listen)\"; accepted with keys: tcp://ADDRESS:PORT.")
  }

  private func checkListen() throws(SpecError) {
    guard execution.launcher == .none else {
      guard let listen = execution.listen else { return }
      throw SpecError(
        field: "execution.listen",
        "execution.listen is \"\(listen)\", but launcher \"\(execution.launcher.rawValue)\" finds its own addresses; "
          + "leave it out, or use launcher none.")
    }
    guard let listen = execution.listen, let endpoint = ListenAddress(listen) else {
      throw SpecError(
        field: "execution.listen",
        "execution.listen is missing; accepted with launcher none: \(ListenAddress.accepted).",
        suggestion: .giveField)
    }
    guard execution.transport == .auto || execution.transport == endpoint.transport else {
      throw SpecError(
        field: "execution.transport",
        "execution.transport is \"\(execution.transport.rawValue)\", but execution.listen is \"\(listen)\"; "
          + "accepted: auto, \(endpoint.transport.rawValue).")
    }
  }
}
