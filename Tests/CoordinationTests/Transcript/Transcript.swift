import Coordination
import Foundation
import Parameters

/// A story of a run: a script of events, each with the effects that the coordinator answers with.
///
/// The script, one line each (`README.md` beside the stories explains it for their readers):
///
/// - `# …`: a comment.
/// - `plan servers=… …`, then perhaps `resume generation=… committed=0,4`: the run.
/// - `TIME EVENT …`: an event.
/// - `TIME start`: a new run from its launch to version 0 on the disk, without its effects.
/// - `TIME alive PEER … until=TIME deaf=PEER,…`: every 0.25 s a heartbeat of each peer, then a tick. Peers follow their last
///   orders, deaf ones do not.
///
/// Below an event, `→` lines are its effects and a `=` line is the phase that it led to.
struct Transcript {
  private var machine: Coordinator<String>?
  private var output: [String] = []
  private var phase = ""
  private var lastTime = 0.0
  /// Each peer's last heartbeat.
  private var pulses: [String: Pulse] = [:]
  /// The generation and number of each peer's last orders.
  private var orders: [String: (generation: UInt64, number: Int)] = [:]
  private var incarnations: [Member: UInt64] = [:]

  /// Plays the script of a transcript, whose effects are ignored.
  ///
  /// - Returns: the script with the effects that it has.
  static func replay(_ text: String) throws -> String {
    var transcript = Transcript()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !isEffect(line) {
      transcript.output.append(String(line))
      if !line.isEmpty, !line.hasPrefix("#") { try transcript.play(TranscriptLine(String(line))) }
    }
    return transcript.output.joined(separator: "\n")
  }

  /// Whether a line of a transcript is an effect or a phase, none of the script.
  static func isEffect(_ line: some StringProtocol) -> Bool {
    let first = line.first { $0 != " " }
    return first == "→" || first == "="
  }

  private mutating func play(_ line: TranscriptLine) throws {
    switch try line.word(0) {
    case "plan":
      machine = Coordinator(plan: try line.plan(), now: 0)
      phase = machine?.phase.description ?? ""
    case "resume":
      guard let plan = machine?.plan else { throw line.misread("no plan") }
      let committed = try line.text("committed").split(separator: ",").compactMap { Int($0) }
      machine = Coordinator(plan: plan, generation: try line.number("generation"), committed: committed, now: 0)
    default:
      let now: Double = try line.number(word: 0)
      guard now >= lastTime else { throw line.misread("time runs backward") }
      lastTime = now
      switch try line.word(1) {
      case "start": try start(line, now: now)
      case "alive": try keepAlive(line, now: now)
      default:
        let event = try line.event()
        if case .from(let peer, .heartbeat(let pulse)) = event { pulses[peer] = pulse }
        write(try handle(event, now: now, line).map(\.transcript))
      }
      if let machine, machine.phase.description != phase {
        phase = machine.phase.description
        write("= " + phase)
      }
    }
  }

  private mutating func write(_ effects: [String]) {
    for effect in effects { write("→ " + effect) }
  }

  private mutating func write(_ line: String) { output.append("      " + line) }

  private mutating func handle(
    _ event: Coordinator<String>.Event, now: Double, _ line: TranscriptLine
  ) throws -> [Coordinator<String>.Effect] {
    guard let effects = machine?.handle(event, now: now) else { throw line.misread("no plan") }
    for effect in effects {
      switch effect {
      case .server(let peer, let generation, let new): orders[peer] = (generation, new.number)
      case .worker(let peer, let generation, let new): orders[peer] = (generation, new.number)
      case .launch(let member, let incarnation): incarnations[member] = incarnation
      default: break
      }
    }
    return effects
  }

  /// From the launch of a new run to version 0 on the disk, as `fault-free-run.txt` shows it.
  private mutating func start(_ line: TranscriptLine, now: Double) throws {
    var effects = try handle(.tick, now: now, line)
    for member in machine?.roster.planned ?? [] {
      let peer = "\(member.role.rawValue.prefix(1))\(member.rank)"
      let hello = Coordinator<String>.Hello(
        role: member.role, rank: member.rank, specHash: "", incarnation: incarnations[member] ?? 0)
      effects += try handle(.hello(peer, hello), now: now, line)
      effects += try handle(TranscriptLine("\(now) \(peer) ready").event(), now: now, line)
    }
    let servers = orders.keys.filter { $0.hasPrefix("s") }.sorted()
    for peer in servers { effects += try beat(peer, now: now, line) }
    for peer in servers { effects += try handle(.from(peer, .handedOver(generation: 1, version: 0)), now: now, line) }
    effects += try handle(.stored(version: 0), now: now, line)
    for peer in orders.keys.sorted() { effects += try beat(peer, now: now, line) }
    guard let machine else { return }
    write("→ \(effects.count) effects; version 0 is on the disk, the horizon is \(machine.horizon)")
  }

  private mutating func keepAlive(_ line: TranscriptLine, now: Double) throws {
    let deaf = Set(try line.text("deaf", or: "").split(separator: ",").map(String.init))
    let end: Double = try line.number("until")
    for quarter in 0...Int((end - now) * 4) {
      let time = now + Double(quarter) / 4
      var effects: [Coordinator<String>.Effect] = []
      for peer in line.words.dropFirst(2) { effects += try beat(peer, now: time, line) }
      for peer in deaf.sorted() {
        effects += try handle(.from(peer, .heartbeat(pulses[peer] ?? Pulse())), now: time, line)
      }
      effects += try handle(.tick, now: time, line)
      lastTime = time
      write(effects.map { "\(String(format: "%.2f", time)) \($0.transcript)" })
    }
  }

  /// A heartbeat of a peer that follows its orders.
  private mutating func beat(
    _ peer: String, now: Double, _ line: TranscriptLine
  ) throws -> [Coordinator<String>.Effect] {
    var pulse = pulses[peer] ?? Pulse()
    if let orders = orders[peer] { (pulse.generation, pulse.orders) = (orders.generation, orders.number) }
    pulses[peer] = pulse
    return try handle(.from(peer, .heartbeat(pulse)), now: now, line)
  }
}
