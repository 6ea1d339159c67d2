/// Role → coordinator, first of all.
package struct Hello: Hashable, Sendable {
  package enum Role: String, Hashable, Sendable, CaseIterable { case server, worker }

  package var role: Role
  /// The rank it was started for; `nil` lets the coordinator choose.
  package var rank: Int?
  /// SHA-256 of the spec it was started with; empty if it brings none.
  package var specHash: String
  package var host: String
  package var processID: Int
  /// Compute threads.
  package var threads: Int
  /// Differs between two lives of one rank.
  package var incarnation: UInt64

  package init(
    role: Role, rank: Int?, specHash: String, host: String, processID: Int, threads: Int, incarnation: UInt64
  ) {
    self.role = role
    self.rank = rank
    self.specHash = specHash
    self.host = host
    self.processID = processID
    self.threads = threads
    self.incarnation = incarnation
  }
}

/// Coordinator → role: you are in.
package struct Welcome: Hashable, Sendable {
  package var rank: Int
  /// The resolved spec, at most `Limits.spec` bytes.
  package var specJSON: String
  package var specHash: String
  package var serverCount: Int
  package var workerCount: Int

  package init(rank: Int, specJSON: String, specHash: String, serverCount: Int, workerCount: Int) {
    self.rank = rank
    self.specJSON = specJSON
    self.specHash = specHash
    self.serverCount = serverCount
    self.workerCount = workerCount
  }
}

/// Coordinator → role, or to a stranger: you are not in, and why.
package struct Refused: Hashable, Sendable {
  /// What the refused process ends with, 0 … 255.
  package var exitCode: Int
  package var sentence: String

  package init(exitCode: Int, sentence: String) {
    self.exitCode = exitCode
    self.sentence = sentence
  }
}

/// Role → coordinator: everything is in place, handlers included.
package struct Ready: Hashable, Sendable {
  /// Hash of a probe microbatch, schedule samples and initial-weight samples.
  package var fingerprint: String
  /// Servers: where workers reach this one. Workers: empty.
  package var endpoint: String
  /// The instruction set the kernels run on.
  package var isa: String

  package init(fingerprint: String, endpoint: String, isa: String) {
    self.fingerprint = fingerprint
    self.endpoint = endpoint
    self.isa = isa
  }
}
