import Coordination
import Transport

extension CoordinatorRole {
  var standing: RunStanding {
    let members = Set(machine.roster.planned).union(machine.roster.present).sorted()
    let statistics = listener.statistics
    return RunStanding(
      version: machine.lowestVersion,
      places: members.map { member in
        let state = machine.roster[member]
        let presence: RunStanding.Presence =
          switch state {
          case nil: .absent
          case let state? where state.isMissed: .missed
          case let state?: state.isReady ? .ready : .joined
          }
        let traffic = traffic[member]
        return RunStanding.Place(
          member: member, presence: presence, pending: state?.pulse.pending ?? 0,
          receivedBytes: traffic?.received ?? 0, sentBytes: traffic?.sent ?? 0)
      },
      receivedBytes: statistics.receivedBytes, sentBytes: statistics.sentBytes)
  }
}
