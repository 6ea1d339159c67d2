import Coordination
package import Parameters

/// Everything that a seed decides: the training, the number of members, the network, and the disturbances.
package struct FaultSchedule: Hashable, Sendable {
  package let seed: UInt64
  package var servers: Int
  package var workers: Int
  package var microbatches: Int
  package var steps: Int
  package var evaluateEvery: Int
  package var checkpointEvery: Int
  package var reportEvery: Int
  package var rule: String
  /// How gradients and weights travel; of int8 with the seed.
  package var wire = WireFormat.float32
  /// Whether members are child processes: started by the coordinator, watched, and ended with it.
  package var isLocal: Bool
  /// The probability that a message arrives twice.
  package var duplication: Double
  /// The probability that a message takes up to half a second.
  package var lateness: Double
  /// Jitter of other messages in seconds, by which they may be reordered; 0 keeps their order.
  package var jitter = 0.004
  /// Factor on the time to compute a microbatch, 5 to 40 ms: most runs last two seconds, slow ones long enough for long
  /// silences.
  package var slowness = 1.0
  /// How late a turn of a process sometimes is, as on a busy machine.
  package var delay = 0.0
  /// Seconds of the coordinator's silence after which a member leaves.
  package var rejoinDeadline = Timing.coordinatorSilence
  /// The step at which the loss is not finite, if any; the run must end there.
  package var divergesAt: Int?
  /// Of an asynchronous run.
  package var mode: Mode?
  package var disturbances: [Disturbance]

  /// How an asynchronous run makes its steps.
  package struct Mode: Hashable, Sendable {
    package var staleness: Int?
    package var backup: Int
  }

  package init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    self.seed = seed
    servers = 1 + random.below(3)
    workers = 1 + random.below(4)
    microbatches = max(workers, 1 + random.below(9))
    steps = 4 + random.below(9)
    evaluateEvery = 1 + random.below(5)
    checkpointEvery = 1 + random.below(5)
    reportEvery = 1 + random.below(4)
    rule = ["nesterov", "adam", "sgd"][random.below(3)]
    isLocal = random.chance(0.6)
    duplication = random.chance(0.5) ? 0 : random.between(0, 0.3)
    lateness = random.chance(0.5) ? 0 : random.between(0, 0.1)
    disturbances = []
    for _ in 0..<random.below(5) { disturbances.append(disturbance(&random)) }
    var extra = SeededRandom(seed: seed ^ 0x2545_F491_4F6C_DD1D)
    if extra.chance(0.1) {
      slowness = extra.between(5, 20)
      disturbances.append(.pause(place(&extra), at: extra.between(0, 5), seconds: extra.between(5, 15)))
    }
    if extra.chance(0.1) { disturbances += hiddenRewind(&extra) }
    var late = SeededRandom(seed: seed ^ 0x6A09_E667_F3BC_C908)
    if late.chance(0.1) { delay = late.between(0.2, 2) }
    if late.chance(0.1) {
      let seconds = late.chance(0.1) ? late.between(60, 90) : late.between(0.5, 5)
      disturbances.append(.diskStalls(at: late.between(0, 2), seconds: seconds))
    }
    if late.chance(0.1) { disturbances.append(.interruptAll(at: late.between(0, 2))) }
    var odd = SeededRandom(seed: seed ^ 0xBB67_AE85_84CA_A73B)
    if odd.chance(0.05) { disturbances.append(.stray(at: odd.between(0, 2))) }
    if odd.chance(0.05) { disturbances.append(.forgery(at: odd.between(0, 2))) }
    if odd.chance(0.03) {
      let at = odd.between(0, 2)
      disturbances += [.interruptAll(at: at), .interruptAll(at: at + odd.between(0, 0.1))]
    }
    if odd.chance(0.02) { divergesAt = 1 + odd.below(steps) }
    var far = SeededRandom(seed: seed ^ 0x3C6E_F372_FE94_F82B)
    if far.chance(0.1) { disturbances.append(absence(&far)) }
    var packed = SeededRandom(seed: seed ^ 0x9B05_688C_2B3E_6C1F)
    if packed.chance(0.4) { wire = [.bfloat16, .float16, .int8, .int8][packed.below(4)] }
    var mode = SeededRandom(seed: seed ^ 0xA54F_F53A_5F1D_36F1)
    if mode.chance(0.25) {
      (divergesAt, wire) = (nil, .float32)
      self.mode = Mode(
        staleness: mode.chance(0.3) ? nil : mode.below(4), backup: mode.chance(0.5) ? 0 : mode.below(microbatches))
    }
    disturbances.sort { $0.time < $1.time }
  }

  /// A server is out of the coordinator's reach, at times until another has taken its place, and has not left before.
  private mutating func absence(_ random: inout SeededRandom) -> Disturbance {
    slowness = max(slowness, random.between(2, 10))
    if random.chance(0.7) { rejoinDeadline = 40 }
    let server = Place.member(Member(.server, random.below(servers)))
    return .cut(
      server, .coordinator, at: random.between(0.3, 2), seconds: random.between(4, 30), isOneWay: random.chance(0.3))
  }

  private func place(_ random: inout SeededRandom) -> Place {
    let number = random.below(servers + workers + 1)
    if number == servers + workers { return .coordinator }
    return .member(number < servers ? Member(.server, number) : Member(.worker, number - servers))
  }

  private func pair(_ random: inout SeededRandom) -> (Place, Place) {
    let first = place(&random)
    var second = place(&random)
    while second == first { second = place(&random) }
    return (first, second)
  }

  private func disturbance(_ random: inout SeededRandom) -> Disturbance {
    // Most runs last two seconds.
    let at = random.between(0, random.chance(0.8) ? 2 : 6)
    switch random.below(20) {
    case 0..<7: return .crash(place(&random), at: at)
    case 7..<10: return .pause(place(&random), at: at, seconds: random.between(0.1, 8))
    case 10..<13:
      let (a, b) = pair(&random)
      return .drop(a, b, at: at)
    case 13..<15:
      let (a, b) = pair(&random)
      return .cut(a, b, at: at, seconds: random.between(0.1, 6), isOneWay: random.chance(0.5))
    case 15: return .diskFails(at: at, seconds: random.between(0.05, 0.5))
    case 16: return .diskTears(at: at)
    case 17: return .join(at: at)
    case 18: return .drain(rank: random.below(workers), at: at)
    default: return .interrupt(at: at)
    }
  }

  /// A worker is paused while a server crashes and is replaced, and then receives orders of two generations.
  private func hiddenRewind(_ random: inout SeededRandom) -> [Disturbance] {
    let at = random.between(0.3, 1.5)
    return [
      .pause(.member(Member(.worker, random.below(workers))), at: at, seconds: random.between(2, 3)),
      .crash(.member(Member(.server, random.below(servers))), at: at + random.between(0.5, 1.5)),
    ]
  }

  /// Whether signals are the only disturbances.
  var isCalm: Bool {
    disturbances.allSatisfy { disturbance in
      switch disturbance {
      case .interrupt, .interruptAll: true
      default: false
      }
    }
  }

  var asynchrony: Asynchrony? {
    mode.map {
      Asynchrony(staleness: $0.staleness, microbatches: microbatches, backup: min($0.backup, microbatches - 1))
    }
  }

  /// When the last disturbance is over.
  var calmAfter: Double { disturbances.map(\.end).max() ?? 0 }

  var plan: RunPlan {
    RunPlan(
      specHash: "simulated", serverCount: servers, workerCount: workers, steps: steps, microbatches: microbatches,
      evaluationChunks: 3, evaluations: .every(evaluateEvery), checkpoints: .every(checkpointEvery),
      reportEvery: reportEvery, learningRate: 0.1, joinDeadline: 60,
      silenceDeadline: delay > 0 ? Timing.longestLease : 3,
      computeDeadline: 15,
      progressDeadline: 60, asynchrony: asynchrony)
  }
}
