import Hosting
import Testing

@Suite("Lists of hosts")
struct HostListTests {
  @Test("lines end as on any system", arguments: ["\n", "\r\n"])
  func lineEnds(end: String) throws {
    let list = try HostList(lines: ["# machines", "a slots=2", "", "b"].joined(separator: end) + end, of: "f")
    #expect(list.entries.map(\.name) == ["a", "b"] && list.entries.map(\.slots) == [2, nil])
  }
}
