package import Coordination

/// The coordinator, or a member regardless of its incarnation.
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

/// A fault or an action of a user at one moment of a schedule. Times are in seconds.
package enum Disturbance: Hashable, Sendable, CustomStringConvertible {
  /// kill -9.
  case crash(Place, at: Double)
  /// SIGSTOP, followed by SIGCONT.
  case pause(Place, at: Double, seconds: Double)
  /// The connection breaks and is reestablished; messages in flight are lost.
  case drop(Place, Place, at: Double)
  /// No messages pass from the first to the second; the other direction works only if the cut is one-way.
  case cut(Place, Place, at: Double, seconds: Double, isOneWay: Bool)
  /// Every commit fails.
  case diskFails(at: Double, seconds: Double)
  /// The next commit is torn: it can't be read.
  case diskTears(at: Double)
  /// One more worker joins.
  case join(at: Double)
  case drain(rank: Int, at: Double)
  /// The disk stalls; afterwards all pending writes complete.
  case diskStalls(at: Double, seconds: Double)
  /// SIGTERM to the coordinator; the run is resumed.
  case interrupt(at: Double)
  /// SIGTERM to all processes at once; the run is resumed.
  case interruptAll(at: Double)
  /// A worker of another run asks for a place.
  case stray(at: Double)
  /// A stranger sends forged sums to every server.
  case forgery(at: Double)

  package var time: Double {
    switch self {
    case .crash(_, let at), .pause(_, let at, _), .drop(_, _, let at), .cut(_, _, let at, _, _), .diskFails(let at, _),
      .diskTears(let at), .join(let at), .drain(_, let at), .diskStalls(let at, _), .interrupt(let at),
      .interruptAll(let at), .stray(let at), .forgery(let at):
      at
    }
  }

  /// When it ends.
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
