import Failures
import Hosting
import Testing

/// Which networks `--interface` selects.
@Suite("Choice of interfaces")
struct InterfaceChoiceTests {
  private static let interfaces = [
    ("lo", "127.0.0.1"), ("lo", "::1"), ("eth0", "192.168.1.5"), ("eth0", "fe80::1"), ("eth1", "10.1.2.3"),
    ("eth1", "fd00::3"), ("docker0", "172.17.0.1"),
  ].map { NetworkAddresses.Interface(name: $0.0, address: $0.1) }

  @Test(
    "names, blocks and exclusions",
    arguments: [
      ("eth1", ["10.1.2.3", "fd00::3"]), ("10.0.0.0/8", ["10.1.2.3"]), ("10.1.2.0/23", ["10.1.2.3"]),
      ("fd00::/8", ["fd00::3"]), ("eth1,192.168.0.0/16", ["10.1.2.3", "fd00::3", "192.168.1.5"]),
      ("lo", ["127.0.0.1", "::1"]),
      ("^docker0,lo", ["192.168.1.5", "10.1.2.3", "fd00::3"]),
      // What other tools take for "the interface named ^lo".
      ("^lo", ["192.168.1.5", "10.1.2.3", "fd00::3", "172.17.0.1"]),
      ("^virbr0,eth0,docker0", ["10.1.2.3", "fd00::3"]),
    ])
  func selection(_ text: String, _ addresses: [String]) throws {
    #expect(try InterfaceChoice(text).select(from: Self.interfaces).map(\.address) == addresses)
  }

  @Test(
    "what matches nothing, or is no choice, is refused by its words",
    arguments: [
      ("eth7", "eth7 is not on this machine, which has docker0, eth0, eth1, lo"),
      ("10.2.0.0/16", "10.2.0.0/16 is not on this machine"), ("10.0.0.0/33", "10.0.0.0/33 is no block of addresses"),
      ("ten/8", "ten/8 is no block of addresses"), ("", "a name is empty"), ("eth0,", "a name is empty"),
      ("^eth0,eth1,docker0", "it leaves out every address of this machine"),
    ])
  func refusals(_ text: String, _ words: String) {
    let error = #expect(throws: UsageError.self) { try InterfaceChoice(text).select(from: Self.interfaces) }
    #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
  }
}
