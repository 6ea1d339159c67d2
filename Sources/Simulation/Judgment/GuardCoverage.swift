import Coordination
import ParameterServer
import Worker

/// How often each guard of the state machines has refused an event.
package struct GuardCoverage: Hashable, Sendable {
  package struct Guard: Hashable, Sendable, CustomStringConvertible {
    package let machine: String
    package let name: String
    package var description: String { "\(machine) \(name)" }
  }

  /// All guards.
  package static let guards: [Guard] =
    named("coordinator", CoordinatorGuard.allCases) + named("session", SessionGuard.allCases)
    + named("server", ServerGuard.allCases) + named("worker", WorkerGuard.allCases)

  private var counts: [Guard: Int] = [:]

  package init() {}

  package subscript(guard: Guard) -> Int { counts[`guard`, default: 0] }

  /// The guards that were never exercised.
  package var missing: [Guard] { Self.guards.filter { self[$0] == 0 } }

  package static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.counts.merge(b.counts, uniquingKeysWith: +)
    return sum
  }

  mutating func add(_ machine: Coordinator<Int>) { add("coordinator", machine.refused) }
  mutating func add(_ session: MemberSession) { add("session", session.refused) }
  mutating func add(_ server: ParameterServer<Float, Int>) { add("server", server.refused) }
  mutating func add(_ worker: [WorkerGuard: Int]) { add("worker", worker) }

  private mutating func add<Kind: RawRepresentable<String>>(_ machine: String, _ refused: [Kind: Int]) {
    for (kind, count) in refused { counts[Guard(machine: machine, name: kind.rawValue), default: 0] += count }
  }

  private static func named(_ machine: String, _ kinds: [some RawRepresentable<String>]) -> [Guard] {
    kinds.map { Guard(machine: machine, name: $0.rawValue) }
  }
}
