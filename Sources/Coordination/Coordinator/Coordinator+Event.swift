package import Parameters

extension Coordinator {
  /// What can happen to a run.
  package enum Event: Sendable {
    /// A process with the run's key asks to become a member.
    case hello(Peer, Hello)
    case from(Peer, News)
    /// A peer that holds no place sends something other than hello.
    case stranger(Peer)
    /// A process that `launch` asked for has ended, or could not be started.
    case exited(Member, incarnation: UInt64, how: String)
    /// The state of `version` is on the disk, committed.
    case stored(version: Int)
    case storeFailed(version: Int, sentence: String)
    /// The checkpoint of `version` can't be read.
    case unreadable(version: Int, sentence: String)
    /// A request to remove a worker.
    case drain(rank: Int)
    /// A signal: finish the step, store its state, end.
    case interrupted(signal: Int32)
    /// Something outside of the protocol ends the run: records that can't be written.
    case abandoned(RunEnding)
    /// The coordinator itself was paused: the members' silence during that time does not count.
    case paused
    /// Time has passed; due several times a second.
    case tick
  }

  package struct Hello: Hashable, Sendable {
    package let role: Member.Role
    package let rank: Int?
    /// A prefix of the hash of the run that it was started for; empty accepts any run.
    package let specHash: String
    /// Differs between two processes of one rank.
    package let incarnation: UInt64
    /// What a worker's connections to servers show.
    package let badge: UInt64
    /// The machine that it runs on, for messages to people; empty names none.
    package let host: String

    package init(
      role: Member.Role, rank: Int?, specHash: String, incarnation: UInt64, badge: UInt64 = 0, host: String = ""
    ) {
      self.role = role
      self.rank = rank
      self.specHash = specHash
      self.incarnation = incarnation
      self.badge = badge
      self.host = host
    }
  }

  /// A message of a member. `generation` is the one that the member is in.
  package enum News: Hashable, Sendable {
    case heartbeat(Pulse)
    case ready(endpoint: String, Fingerprint)
    /// A server needs the state that its generation begins with.
    case fetch(generation: UInt64, version: Int)
    /// A server has sent all parts of its state at this version.
    case handedOver(generation: UInt64, version: Int)
    /// A server has reported the logging window that ends with this version.
    case reported(generation: UInt64, version: Int)
    case evaluated(generation: UInt64, version: Int, node: ReductionTree.Node, Tally)
    /// A worker of an asynchronous run says which microbatches are done.
    case microbatches(generation: UInt64, MicrobatchRequest)
    /// The first step of a server's shard that is not finite, in which parameter, and which workers alone sent such gradients.
    case diverged(generation: UInt64, step: Int, what: String, senders: [Int] = [])
    case failed(exitCode: Int32, sentence: String)
  }

  /// What the caller has to do.
  package enum Effect: Hashable, Sendable {
    /// Start a process for `member`, after ending what is left of an earlier one.
    case launch(Member, incarnation: UInt64)
    case welcome(Peer, Member)
    /// The process can't become a member; with `ExitCode.tryAgain` it may ask again.
    case refuse(Peer, exitCode: Int32, String)
    /// The peer is not a member (any more); it may join as a new incarnation.
    case rejoin(Peer)
    case server(Peer, generation: UInt64, ServerOrders)
    case worker(Peer, generation: UInt64, WorkerOrders)
    /// Tell a worker of an asynchronous run which microbatches it has in hand.
    case grant(Peer, generation: UInt64, MicrobatchGrant)
    /// Send a server its part of the state at `version`.
    case restore(Peer, Member, generation: UInt64, version: Int)
    case stop(Peer, exitCode: Int32, sentence: String)
    /// Training begins, for the first time.
    case started
    /// The generation begins at `version`: discard the records of later versions.
    case rewind(generation: UInt64, version: Int)
    /// Record the report just handed in with `reported`: it is the next one that the records need of this server.
    case record(server: Int, version: Int)
    /// The evaluation at `version` is complete.
    case evaluated(version: Int, Tally)
    /// The state of `version` is complete: write the checkpoint.
    case commit(generation: UInt64, version: Int)
    /// An event for the records.
    case happened(RunEvent)
    case ended(RunEnding)
  }
}

/// The content of a heartbeat.
package struct Pulse: Hashable, Sendable {
  /// The generation that the member is in.
  package var generation: UInt64
  /// Number of the orders that it follows.
  package var orders: Int
  /// Rises with the member's progress: a server's version, a worker's finished microbatches and chunks.
  package var progress: Int
  /// Microbatches and chunks that a worker has in hand.
  package var pending: Int
  /// Pushes that a server has refused because their senders are not among the workers of its orders.
  package var refused: Int

  package init(generation: UInt64 = 0, orders: Int = 0, progress: Int = 0, pending: Int = 0, refused: Int = 0) {
    self.generation = generation
    self.orders = orders
    self.progress = progress
    self.pending = pending
    self.refused = refused
  }
}
