import Coordination
import Parameters

/// One fault of a drill: its victim, kind and time; a function of the seed and the round.
struct DrillFault {
  enum Kind: String, CaseIterable {
    /// SIGKILL.
    case kill
    /// SIGSTOP, and SIGCONT a few seconds later.
    case stop
    /// Its connections break.
    case drop
    /// Nothing can be written for a while.
    case disk
  }

  let kind: Kind
  /// `nil` is the coordinator.
  let victim: Member?
  /// Seconds after the start.
  let moment: Double
  /// Seconds that it lasts, if it lasts.
  let seconds: Double

  init(_ round: Int, seed: Int, kinds: [Kind], servers: Int, workers: Int, duration: Double) {
    let random = CounterRandom(seed: UInt64(bitPattern: Int64(seed)), purpose: .faults)
    kind = kinds[random.integer(round, 0, below: kinds.count)]
    let members = (0..<servers).map { Member(.server, $0) } + (0..<workers).map { Member(.worker, $0) }
    switch kind {
    case .disk: victim = nil
    case .drop: victim = members[random.integer(round, 1, below: members.count)]
    case .kill, .stop:
      let index = random.integer(round, 1, below: members.count + 1)
      victim = index < members.count ? members[index] : nil
    }
    moment = random.uniform(round, 2) * duration
    seconds = 0.5 + 5 * random.uniform(round, 3)
  }

  var who: String { victim.map { "\($0)" } ?? "coordinator" }

  var what: String {
    switch kind {
    case .kill: "kill -9"
    case .stop: "stopped for \((seconds * 10).rounded() / 10) s"
    case .drop: "connections break"
    case .disk: "disk full for \((seconds * 10).rounded() / 10) s"
    }
  }
}
