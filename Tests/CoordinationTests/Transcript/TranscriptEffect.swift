import Coordination
import Parameters

extension Coordinator<String>.Effect {
  /// The effect as a transcript shows it; the first word names the case.
  var transcript: String {
    switch self {
    case .launch(let member, let incarnation): "launch \(member) incarnation=\(incarnation)"
    case .welcome(let peer, let member): "welcome \(peer) as \(member)"
    case .refuse(let peer, let exitCode, let sentence): "refuse \(peer) exit=\(exitCode) \"\(sentence)\""
    case .rejoin(let peer): "rejoin \(peer)"
    case .server(let peer, let generation, let orders):
      "order \(peer) generation=\(generation) number=\(orders.number) version=\(orders.version) "
        + "horizon=\(orders.horizon) collect=\(orders.collect.map(String.init) ?? "none") reported=\(orders.reported)"
    case .worker(let peer, let generation, let orders):
      "order \(peer) generation=\(generation) number=\(orders.number) version=\(orders.version) "
        + "servers=\(orders.endpoints.joined(separator: ",")) microbatches=\(Self.leaves(orders.nodes))"
        + (orders.evaluation.map { " evaluate=\($0.version) chunks=\(Self.leaves($0.nodes))" } ?? "")
    case .grant(let peer, let generation, let grant):
      "grant \(peer) generation=\(generation) number=\(grant.number) "
        + "microbatches=\(grant.microbatches.isEmpty ? "none" : grant.microbatches.map(String.init).joined(separator: ","))"
    case .restore(let peer, let member, let generation, let version):
      "restore \(peer) as \(member) generation=\(generation) version=\(version)"
    case .stop(let peer, let exitCode, let sentence): "stop \(peer) exit=\(exitCode) \"\(sentence)\""
    case .started: "started"
    case .rewind(let generation, let version): "rewind generation=\(generation) version=\(version)"
    case .record(let server, let version): "record server=\(server) version=\(version)"
    case .evaluated(let version, let tally):
      "evaluated version=\(version) loss=\(tally.lossSum) correct=\(tally.correct) samples=\(tally.samples)"
    case .commit(let generation, let version): "commit generation=\(generation) version=\(version)"
    case .happened(let event):
      "event kind=\(event.kind.map { "\($0)" } ?? "none")\(event.member.map { " of \($0)" } ?? "") step=\(event.step) "
        + "\"\(event.what)\""
    case .ended(let ending): "ended \(ending.outcome.rawValue) exit=\(ending.exitCode) \"\(ending.sentence)\""
    }
  }

  /// The first words of all effects.
  static var names: Set<String> {
    [
      "launch", "welcome", "refuse", "rejoin", "order", "grant", "restore", "stop", "started", "rewind", "record",
      "evaluated", "commit", "event", "ended",
    ]
  }

  private static func leaves(_ nodes: [ReductionTree.Node]) -> String {
    if nodes.isEmpty { return "none" }
    return nodes.map { $0.count == 1 ? "\($0.start)" : "\($0.start)-\($0.leaves.upperBound - 1)" }
      .joined(separator: ",")
  }
}
