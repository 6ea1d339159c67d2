/// Role → coordinator: asks to join the run; the first message.
package struct Hello: Hashable, Sendable {
  package enum Role: String, Hashable, Sendable, CaseIterable { case server, worker }

  package var role: Role
  /// The rank that the process was started with; `nil` lets the coordinator choose.
  package var rank: Int?
  /// Of the run that the process was started for, or its beginning; empty takes any.
  package var specHash: String
  package var host: String
  package var processID: Int
  /// Compute threads.
  package var threads: Int
  /// Distinguishes successive processes of one rank.
  package var incarnation: UInt64
  /// Drawn at random for this life; a worker shows it to servers, which learn it from the coordinator.
  package var badge: UInt64

  package init(
    role: Role, rank: Int?, specHash: String, host: String, processID: Int, threads: Int, incarnation: UInt64,
    badge: UInt64 = 0
  ) {
    self.role = role
    self.rank = rank
    self.specHash = specHash
    self.host = host
    self.processID = processID
    self.threads = threads
    self.incarnation = incarnation
    self.badge = badge
  }
}

/// Coordinator → role: accepted as a member.
package struct Welcome: Hashable, Sendable {
  package var rank: Int
  /// The run's definition, at most `Limits.spec` bytes.
  package var specJSON: String
  package var specHash: String
  package var serverCount: Int
  package var workerCount: Int
  /// Whether the member is to keep what its threads do, and send it as `Spans` before it leaves.
  package var isTraced: Bool

  package init(
    rank: Int, specJSON: String, specHash: String, serverCount: Int, workerCount: Int, isTraced: Bool = false
  ) {
    self.rank = rank
    self.specJSON = specJSON
    self.specHash = specHash
    self.serverCount = serverCount
    self.workerCount = workerCount
    self.isTraced = isTraced
  }
}

/// Coordinator → role or unknown process: not accepted as a member, and why.
package struct Refused: Hashable, Sendable {
  /// The exit code for the refused process, 0 … 255.
  package var exitCode: Int
  package var sentence: String

  package init(exitCode: Int, sentence: String) {
    self.exitCode = exitCode
    self.sentence = sentence
  }
}

/// Role → coordinator: fully set up and ready to handle messages.
package struct Ready: Hashable, Sendable {
  /// Hash of a probe microbatch, schedule samples and initial-weight samples.
  package var fingerprint: String
  /// Servers: the endpoint for workers to connect to. Workers: empty.
  package var endpoint: String
  /// The instruction set the kernels run on.
  package var isa: String

  package init(fingerprint: String, endpoint: String, isa: String) {
    self.fingerprint = fingerprint
    self.endpoint = endpoint
    self.isa = isa
  }
}
