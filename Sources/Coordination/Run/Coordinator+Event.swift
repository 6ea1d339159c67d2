package import Parameters

extension Coordinator {
  /// What can happen to a run.
  package enum Event: Sendable {
    /// Somebody with the run's key asks to take part.
    case hello(Peer, Hello)
    case from(Peer, News)
    /// A child process that we started has ended.
    case exited(Member, how: String)
    /// Something outside of the protocol ends the run: a signal, or records that can't be written.
    case abandoned(Outcome, exitCode: Int32, sentence: String)
    /// Time has passed; due several times a second.
    case tick
  }

  package struct Hello: Hashable, Sendable {
    package let role: Member.Role
    package let rank: Int?
    /// How the hash of the run that it was started for begins; empty if it takes any.
    package let specHash: String

    package init(role: Member.Role, rank: Int?, specHash: String) {
      self.role = role
      self.rank = rank
      self.specHash = specHash
    }
  }

  /// What a member has to say.
  package enum News: Hashable, Sendable {
    /// The number rises as the member gets on with its work.
    case heartbeat(progress: Int)
    case ready(endpoint: String, Fingerprint)
    /// A server has sent its shard of this version.
    case handedOver(version: Int)
    /// A server has reported the logging window that ends with this version.
    case reported(version: Int)
    case evaluated(version: Int, node: ReductionTree.Node, Tally)
    /// The first step of a server's shard that is not finite, and in which parameter.
    case diverged(step: Int, what: String)
    case failed(exitCode: Int32, sentence: String)
  }

  /// Where a member starts and what it may do.
  package struct Begin: Hashable, Sendable {
    package let generation: UInt64
    package let version: Int
    /// By server rank; workers only.
    package let endpoints: [String]
    /// The microbatches that the worker computes.
    package let nodes: [ReductionTree.Node]
    package let horizon: Int
  }

  /// What the coordinator asks its shell to do.
  package enum Effect: Hashable, Sendable {
    case welcome(Peer, Member)
    case refuse(Peer, String)
    case begin(Peer, Begin)
    case horizon(Peer, generation: UInt64, version: Int)
    case evaluate(Peer, generation: UInt64, version: Int, nodes: [ReductionTree.Node])
    /// Ask for the shard at `version`, to be stored.
    case collect(Peer, generation: UInt64, version: Int)
    case stop(Peer, exitCode: Int32, sentence: String)
    /// Everybody is there: training begins now.
    case started
    /// The test images have been counted at `version`.
    case evaluated(version: Int, Tally)
    case ended(Outcome, exitCode: Int32, sentence: String)
  }

  /// How a run ended, as its record says it.
  package enum Outcome: String, Hashable, Sendable { case done, failed, diverged, interrupted }
}

/// The exit codes of the command line; sysexits.h has the names.
package enum ExitCode {
  package static let done: Int32 = 0
  package static let usage: Int32 = 64
  /// Input that can't be used, or a run whose numbers stopped being finite.
  package static let badData: Int32 = 65
  package static let unavailable: Int32 = 69
  package static let software: Int32 = 70
  package static let ioError: Int32 = 74
}
