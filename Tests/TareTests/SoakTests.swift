import Coordination
import Testing
import tare

@Suite("Long soak")
struct SoakTests {
  private func event(_ kind: RunEvent.Kind, of member: Member? = nil, _ what: String) -> RunEvent {
    RunEvent(kind, of: member, seconds: 1, step: 3, what: what)
  }

  @Test("a member that was lost is a false failure detection; a slow disk is not, whatever its words are")
  func events() {
    let disk = event(.diskWait, "waited 5 s for the disk: worker 1 lost nothing, no checkpoint failed")
    let full = event(.checkpointFailed, "the checkpoint of step 8 failed: no space left on device")
    let worker = Member(.worker, 1)
    let (lost, joined) = (event(.lost, of: worker, "no message for 1.5 s"), event(.joined, of: worker, "back"))
    for events in [[], [disk], [disk, full, disk]] { #expect(LongSoak.isGood(events)) }
    for events in [[lost], [disk, lost, joined]] { #expect(!LongSoak.isGood(events)) }
    #expect(LongSoak.finding(in: []) == "no failure detected")
    #expect(LongSoak.finding(in: [disk]) == "no failure detected, 1 other event")
    #expect(LongSoak.finding(in: [lost, joined, disk, full]) == "1 false failure detection, 2 other events")
  }
}
