package import Coordination
package import Parameters
package import Records

/// Several observers of one run, each told everything in turn.
package final class RunObservers: RunObserver {
  private let all: [any RunObserver]

  package init(_ all: [any RunObserver]) { self.all = all }

  package func warned(_ text: String) { for one in all { one.warned(text) } }
  package func waits(for instructions: [String]) { for one in all { one.waits(for: instructions) } }
  package func opened() { for one in all { one.opened() } }
  package func joined(_ member: Member) { for one in all { one.joined(member) } }
  package func placed(on hosts: HostSurvey) { for one in all { one.placed(on: hosts) } }
  package func started(after version: Int) { for one in all { one.started(after: version) } }
  package func recorded(_ rows: [MetricRow]) { for one in all { one.recorded(rows) } }
  package func stands(_ standing: RunStanding) { for one in all { one.stands(standing) } }
  package func measured(_ layers: [RunResult.Layer]) { for one in all { one.measured(layers) } }
  package func logged(version: Int, loss: Double?) { for one in all { one.logged(version: version, loss: loss) } }
  package func evaluated(version: Int, _ tally: Tally) { for one in all { one.evaluated(version: version, tally) } }
  package func happened(_ event: RunEvent) { for one in all { one.happened(event) } }
  package func ended() { for one in all { one.ended() } }
}
