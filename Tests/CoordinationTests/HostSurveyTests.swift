import Coordination
import Parameters
import Testing

/// The table of hosts before training, and its warnings.
@Suite("Survey of hosts")
struct HostSurveyTests {
  private static func row(
    _ name: String, address: String = "10.0.0.1", slots: Int = 2, cores: Int = 2, isa: String = "x86-64-v4",
    bandwidth: Double = 117e6, skew: Double = 0, _ processes: [HostedProcess] = []
  ) -> HostSurvey.Row {
    HostSurvey.Row(
      facts: HostFacts(
        name: name, incarnation: 1, slots: slots, cores: cores, memory: 1, isa: isa, version: "0.1.0", address: address),
      processes: processes, link: HostLink(roundTrip: 0.00042, bandwidth: bandwidth, clockSkew: skew))
  }

  private static func process(_ role: HostedProcess.Role, _ rank: Int) -> HostedProcess {
    HostedProcess(id: rank, role: role, rank: rank, incarnation: 1, port: 1, key: "k")
  }

  @Test("a row names what runs on the host and what was measured")
  func cells() {
    let processes = [0, 1, 2].map { Self.process(.worker, $0) } + [0, 2].map { Self.process(.server, $0) }
    let survey = HostSurvey([Self.row("a", processes), Self.row("b")])
    #expect(
      survey.cells == [
        ["a", "10.0.0.1", "servers 0 2, workers 0–2", "2", "2", "x86-64-v4", "0.1.0", "0.42 ms", "117 MB/s"],
        ["b", "10.0.0.1", "nothing", "2", "2", "x86-64-v4", "0.1.0", "0.42 ms", "117 MB/s"],
      ])
    #expect(survey.warnings.isEmpty)
  }

  @Test(
    "what makes a run slow or fail later is said, with the host",
    arguments: [
      ("unlike instruction sets (a x86-64-v4, b x86-64-v3)", row("b", isa: "x86-64-v3")),
      ("host b offers 4 slots on 2 processors", row("b", slots: 4)),
      ("the clock of host b is 86400 s ahead", row("b", skew: 86400)),
      ("the clock of host b is 3.5 s behind", row("b", skew: -3.5)),
      ("the link to host b has 12 MB/s, the fastest 117 MB/s", row("b", bandwidth: 12e6)),
      ("host b joined over loopback (127.0.1.1)", row("b", address: "127.0.1.1")),
    ])
  func warnings(_ words: String, _ row: HostSurvey.Row) {
    let warnings = HostSurvey([Self.row("a"), row]).warnings
    #expect(warnings.count == 1 && warnings[0].contains(words), "\(warnings)")
  }

  @Test("one machine by itself may use loopback")
  func alone() { #expect(HostSurvey([Self.row("a", address: "127.0.0.1")]).warnings.isEmpty) }
}
