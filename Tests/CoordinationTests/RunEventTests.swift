import Coordination
import Foundation
import Testing

@Suite("Run events")
struct RunEventTests {
  @Test("the record of an event has every key, and reads back", arguments: [Member(.worker, 1), nil])
  func keys(member: Member?) throws {
    let event = RunEvent(.lost, of: member, seconds: 1.5, step: 20, what: "worker 1 lost: signal 9")
    let bytes = try JSONEncoder().encode(event)
    let object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(Set(object.keys) == ["kind", "member", "seconds", "step", "what"])
    #expect(object["kind"] as? String == "lost")
    if member == nil {
      #expect(object["member"] is NSNull)
    } else {
      let place = try #require(object["member"] as? [String: Any])
      #expect(place["role"] as? String == "worker" && place["rank"] as? Int == 1)
    }
    #expect(try JSONDecoder().decode(RunEvent.self, from: bytes) == event)
  }

  @Test("an event that an earlier version recorded has no kind")
  func earlier() throws {
    let text = #"{"seconds": 1.5, "step": 20, "what": "worker 1 lost: signal 9"}"#
    let event = try JSONDecoder().decode(RunEvent.self, from: Data(text.utf8))
    #expect(event.kind == nil && event.member == nil && event.step == 20 && event.what == "worker 1 lost: signal 9")
  }
}
