import Foundation
import TestSupport
import Testing

/// A run whose coordinator, server and workers have a machine each, with a link of its own.
final class NetworkedRun {
  enum Machine: Int, CaseIterable { case coordinator = 1, server, worker, other }

  let network: NetworkNamespaces
  let folder: TemporaryFolder
  let waiting: WaitingRun
  private(set) var members: [TareProcess] = []

  /// What every run here trains, but for its options.
  static let common = "--network mlp --microbatch 16 --set execution.metricsEvery=1 --set execution.evaluateEvery=100"

  /// The weights of a run of so many steps that nothing disturbs.
  static func expected(steps: Int) throws -> String {
    let folder = try TemporaryFolder()
    return try SmallRun("\(common) --steps \(steps)", in: folder.file("expected")).ending.weightsSHA256
  }

  /// Seconds for which an agent tries to find the run again; it may be over by then.
  private let patience = TestSize.isProof ? 120 : 20

  private init(
    _ arguments: String, machines: Int, quality: (delay: Double, loss: Double)?,
    listen: ((NetworkNamespaces) throws -> String)?, names: String?, _ prepare: (NetworkNamespaces) throws -> Void
  ) throws {
    (folder, network) = (try TemporaryFolder(), try NetworkNamespaces(machines, quality: quality))
    try prepare(network)
    waiting = try WaitingRun(
      "\(Self.common) \(arguments)", listen: try listen?(network) ?? "tcp://\(network.address(1)):0",
      output: folder.file("run"),
      through: network.script(1, names: names))
  }

  /// A server and workers that are started by hand.
  ///
  /// - Parameters:
  ///   - names: a file that stands in for `/etc/hosts` on the members' machines, where the coordinator is `leader.test`.
  ///   - variables: of the members.
  ///   - quality: of the switch between them.
  convenience init(
    _ arguments: String, workers: Int = 1, names: String? = nil, variables: [String: String] = [:],
    quality: (delay: Double, loss: Double)? = nil,
    preparing prepare: (NetworkNamespaces) throws -> Void = { _ in }
  ) throws {
    try self.init(
      "\(arguments) --workers \(workers)", machines: 2 + workers, quality: quality, listen: nil, names: nil, prepare)
    if let names {
      try Data("127.0.0.1 localhost\n\(network.address(1)) leader.test\n".utf8).write(to: URL(filePath: names))
    }
    for index in 2...(2 + workers) {
      let printed = try waiting.printed(index == 2 ? "server" : "worker")
      let words = printed.arguments.map { word in
        names == nil ? word : word.replacing(network.address(1), with: "leader.test")
      }
      members.append(
        try TareProcess(
          words, through: network.script(index, names: names), variables: printed.variables.merging(variables) { $1 }))
    }
    try awaitTraining()
  }

  /// Agents on so many machines, each with a slot, one after another: the server is on the first.
  ///
  /// - Parameter names: a file that stands in for `/etc/hosts` on the coordinator's machine.
  convenience init(
    _ arguments: String, hosts: Int, listen: ((NetworkNamespaces) throws -> String)? = nil, names: String? = nil,
    preparing prepare: (NetworkNamespaces) throws -> Void = { _ in }
  ) throws {
    try self.init(arguments, machines: 1 + hosts, quality: nil, listen: listen, names: names, prepare)
    for index in 2...(1 + hosts) {
      members.append(
        try waiting.host("n\(index)", "--slots 1", "--rejoin-deadline \(patience)", through: network.script(index)))
      _ = try #require(waiting.process.waitForLog("host n\(index) joined", in: folder.file("run/log.txt")))
    }
    try awaitTraining()
  }

  private func awaitTraining() throws {
    _ = try #require(waiting.process.waitForError(containing: "step 1/"), "\(log)")
  }

  var log: String { (try? folder.read("run/log.txt")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// The run ends well with these weights, and so do the members that are still there.
  func expect(_ sha256: String, _ location: SourceLocation = #_sourceLocation) throws {
    let ending = waiting.process.finish()
    #expect(ending.exitCode == 0, "\(ending.errors)\n\(log)", sourceLocation: location)
    #expect(try ending.weightsSHA256 == sha256, "\(log)", sourceLocation: location)
    for member in members {
      _ = member.finish()
      member.expectNothingLeft(location)
    }
  }
}
