import Coordination
import Parameters

/// The events of a transcript's script. A line begins with the name of an event, or with the peer that sends a message.
extension TranscriptLine {
  typealias Machine = Coordinator<String>

  /// The event of the line, whose first word is the time.
  func event() throws -> Machine.Event {
    switch try word(1) {
    case "tick": return .tick
    case "paused": return .paused
    case "stored": return .stored(version: try number("version"))
    case "store-failed": return .storeFailed(version: try number("version"), sentence: try quoted())
    case "unreadable": return .unreadable(version: try number("version"), sentence: try quoted())
    case "drain": return .drain(rank: try number("rank"))
    case "signal": return .interrupted(signal: try number(word: 2))
    case "abandoned": return .abandoned(RunEnding(.failed, try number("exit"), try quoted()))
    case "exited":
      let member = Member(try role(word: 2), try number(word: 3))
      return .exited(member, incarnation: try number("incarnation"), how: try quoted())
    case let peer where try word(2) == "hello":
      let rank: Int = try number("rank", or: -1)
      return .hello(
        peer,
        .init(
          role: try role(word: 3), rank: rank < 0 ? nil : rank, specHash: try text("run", or: ""),
          incarnation: try number("incarnation")))
    case let peer where try word(2) == "stranger": return .stranger(peer)
    case let peer: return .from(peer, try news(of: peer))
    }
  }

  private func news(of peer: String) throws -> Machine.News {
    switch try word(2) {
    case "heartbeat":
      return .heartbeat(
        Pulse(
          generation: try number("generation"), orders: try number("orders"), progress: try number("progress"),
          pending: try number("pending", or: 0)))
    case "ready":
      let fingerprint = Fingerprint(
        numbers: try text("numbers", or: "same"), probe: try text("probe", or: "same"),
        images: try text("images", or: "same"))
      return .ready(endpoint: peer.hasPrefix("s") ? peer : "", fingerprint)
    case "fetch": return .fetch(generation: try number("generation"), version: try number("version"))
    case "handed-over": return .handedOver(generation: try number("generation"), version: try number("version"))
    case "reported": return .reported(generation: try number("generation"), version: try number("version"))
    case "evaluated":
      let tally = Tally(
        lossSum: try number("loss"), correct: try number("correct"), samples: try number("samples"))
      return .evaluated(
        generation: try number("generation"), version: try number("version"), node: try node("chunks"), tally)
    case "microbatches":
      return .microbatches(
        generation: try number("generation"),
        MicrobatchRequest(
          number: try number("number"), capacity: try number("capacity"), applied: try numbers("applied"),
          returned: try numbers("returned")))
    case "diverged":
      return .diverged(generation: try number("generation"), step: try number("step"), what: try text("what"))
    case "failed": return .failed(exitCode: try number("exit"), sentence: try quoted())
    default: throw misread("no such event")
    }
  }

  private func role(word index: Int) throws -> Member.Role {
    guard let role = Member.Role(rawValue: try word(index)) else { throw misread("neither server nor worker") }
    return role
  }

  /// Numbers with commas between them; none without the key.
  private func numbers(_ key: String) throws -> [Int] {
    try text(key, or: "").split(separator: ",").compactMap { Int($0) }
  }

  /// A node as `first-last` leaf, or one leaf.
  private func node(_ key: String) throws -> ReductionTree.Node {
    let ends = try text(key).split(separator: "-").compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last else { throw misread("\(key)= names no leaves") }
    return ReductionTree.Node(start: first, count: last - first + 1)
  }

  /// The run that the story begins with: `plan …`.
  func plan() throws -> RunPlan {
    let (steps, microbatches): (Int, Int) = (try number("steps"), try number("microbatches"))
    let staleness: Int = try number("staleness", or: -1)
    return RunPlan(
      specHash: try text("run", or: "abcdef"), serverCount: try number("servers"), workerCount: try number("workers"),
      steps: steps, microbatches: microbatches, evaluationChunks: try number("chunks"),
      evaluations: .every(try number("evaluate")), checkpoints: .every(try number("checkpoint")),
      reportEvery: try number("report"), learningRate: 0.1, joinDeadline: 30, silenceDeadline: 3, computeDeadline: 20,
      progressDeadline: 60,
      asynchrony: staleness < 0
        ? nil
        : Asynchrony(staleness: staleness, microbatches: microbatches, backup: try number("backup", or: 0)))
  }
}
