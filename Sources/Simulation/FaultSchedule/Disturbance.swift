package import Coordination

/// Somebody who takes part: the coordinator, or a member in whatever life.
package enum Place: Hashable, Sendable, CustomStringConvertible {
  case coordinator
  case member(Member)

  package var description: String {
    switch self {
    case .coordinator: "coordinator"
    case .member(let member): "\(member)"
    }
  }
}

/// One thing that goes wrong, or that somebody does, at one moment of a schedule; seconds.
package enum Disturbance: Hashable, Sendable, CustomStringConvertible {
  /// kill -9.
  case crash(Place, at: Double)
  /// SIGSTOP, and SIGCONT some time later.
  case pause(Place, at: Double, seconds: Double)
  /// The connection breaks and is made again: what was on its way is lost.
  case drop(Place, Place, at: Double)
  /// Nothing gets from the first to the second, and back only if it is one-way.
  case cut(Place, Place, at: Double, seconds: Double, isOneWay: Bool)
  /// Every commit fails.
  case diskFails(at: Double, seconds: Double)
  /// What is committed first after this moment can't be read.
  case diskTears(at: Double)
  /// A worker more.
  case join(at: Double)
  case drain(rank: Int, at: Double)
  /// Nothing reaches the disk; then all that was waiting for it does.
  case diskStalls(at: Double, seconds: Double)
  /// SIGTERM to the coordinator; the run is resumed.
  case interrupt(at: Double)
  /// SIGTERM to all processes at once; the run is resumed.
  case interruptAll(at: Double)
  /// A worker of another run asks for a place.
  case stray(at: Double)
  /// Somebody sends every server sums that no worker makes.
  case forgery(at: Double)

  package var time: Double {
    switch self {
    case .crash(_, let at), .pause(_, let at, _), .drop(_, _, let at), .cut(_, _, let at, _, _), .diskFails(let at, _),
      .diskTears(let at), .join(let at), .drain(_, let at), .diskStalls(let at, _), .interrupt(let at),
      .interruptAll(let at), .stray(let at), .forgery(let at):
      at
    }
  }

  /// When it is over.
  var end: Double {
    switch self {
    case .pause(_, let at, let seconds), .cut(_, _, let at, let seconds, _), .diskFails(let at, let seconds),
      .diskStalls(let at, let seconds):
      at + seconds
    default: time
    }
  }

  package var description: String {
    func s(_ seconds: Double) -> String { "\((seconds * 1000).rounded() / 1000) s" }
    return switch self {
    case .crash(let place, let at): "\(s(at)): \(place) crashes"
    case .pause(let place, let at, let seconds): "\(s(at)): \(place) sleeps for \(s(seconds))"
    case .drop(let a, let b, let at): "\(s(at)): the connection of \(a) and \(b) breaks"
    case .cut(let a, let b, let at, let seconds, let isOneWay):
      "\(s(at)): nothing gets from \(a) to \(b)\(isOneWay ? "" : " and back") for \(s(seconds))"
    case .diskFails(let at, let seconds): "\(s(at)): the disk is full for \(s(seconds))"
    case .diskTears(let at): "\(s(at)): the next checkpoint is torn"
    case .join(let at): "\(s(at)): a worker more joins"
    case .drain(let rank, let at): "\(s(at)): worker \(rank) is drained"
    case .diskStalls(let at, let seconds): "\(s(at)): the disk stalls for \(s(seconds))"
    case .interrupt(let at): "\(s(at)): SIGTERM"
    case .interruptAll(let at): "\(s(at)): SIGTERM to everybody"
    case .stray(let at): "\(s(at)): a worker of another run asks for a place"
    case .forgery(let at): "\(s(at)): forged sums reach all servers"
    }
  }
}
