package import Failures
package import Messages
import Parameters
package import RunDefinition
package import Transport

/// The states that servers hand over to the coordinator, as their parts arrive.
package struct HandedOverStates {
  private let definition: RunDefinition
  private var states: [Int: RunState] = [:]

  package init(_ definition: RunDefinition) { self.definition = definition }

  /// Takes one part of a server's state; whether the server's is complete now. What does not fit is dropped.
  package mutating func insert(_ message: State, _ payload: Payload, of server: Int) -> Bool {
    var state = states[message.version] ?? RunState(definition, version: message.version)
    guard message.part == .windows || payload.header.offset == definition.shards.shards[server].lowerBound,
      state.insert(payload.bytes, part: message.part, of: server)
    else { return false }
    state.note(tally: message.tally, steps: message.steps)
    states[message.version] = state
    return state.isComplete(of: server)
  }

  /// The state of `version`, which every server has handed over; earlier ones are no longer wanted.
  package mutating func take(_ version: Int) throws(RunError) -> RunState {
    guard let state = states[version], state.isComplete else {
      throw RunError(ExitCode.software, "the state of step \(version) is not complete")
    }
    states = [:]
    return state
  }

  mutating func removeAll() { states = [:] }
}
