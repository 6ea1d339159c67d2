package import Failures

/// Which networks a machine uses, as `--interface` says: names (`eth1`), blocks of addresses (`10.0.0.0/8`), or, after `^`, all but
/// those (`^docker0,lo`). Loopback and link-local addresses have to be asked for by name or block.
package struct InterfaceChoice: Hashable, Sendable {
  private enum Item: Hashable, Sendable {
    case name(String)
    case block(AddressBlock)
  }

  private let text: String
  private let items: [Item]
  private let excludes: Bool

  package static let accepted = "names such as eth1, blocks such as 10.0.0.0/8, or ^ and those to leave out"

  package init(_ text: String) throws(UsageError) {
    self.text = text
    excludes = text.hasPrefix("^")
    var items: [Item] = []
    for word in text.drop(while: { $0 == "^" }).split(separator: ",", omittingEmptySubsequences: false) {
      let word = String(word)
      if word.contains("/") {
        guard let block = AddressBlock(word) else { throw Self.refusal(text, "\(word) is no block of addresses") }
        items.append(.block(block))
      } else {
        guard !word.isEmpty, !word.hasPrefix("^") else { throw Self.refusal(text, "a name is empty or begins with ^") }
        items.append(.name(word))
      }
    }
    self.items = items
  }

  /// Those of `interfaces` that are to be used, in the order in which they are asked for.
  ///
  /// - Throws: `UsageError` if an item matches none of this machine's, or nothing is left.
  package func select(
    from interfaces: [NetworkAddresses.Interface]
  ) throws(UsageError) -> [NetworkAddresses.Interface] {
    for item in items where !interfaces.contains(where: { Self.matches($0, item) }) {
      // To leave out what isn't there does no harm: one list serves unlike machines.
      guard !excludes else { continue }
      let names = Set(interfaces.map(\.name)).sorted().joined(separator: ", ")
      throw Self.refusal(text, "\(Self.text(of: item)) is not on this machine, which has \(names)")
    }
    let chosen =
      excludes
      ? NetworkAddresses.outward(interfaces.filter { interface in !items.contains { Self.matches(interface, $0) } })
      : items.flatMap { item in interfaces.filter { Self.matches($0, item) } }
    guard !chosen.isEmpty else { throw Self.refusal(text, "it leaves out every address of this machine") }
    return chosen
  }

  private static func matches(_ interface: NetworkAddresses.Interface, _ item: Item) -> Bool {
    switch item {
    case .name(let name): interface.name == name
    case .block(let block): block.contains(interface.address)
    }
  }

  private static func text(of item: Item) -> String {
    switch item {
    case .name(let name): name
    case .block(let block): block.text
    }
  }

  private static func refusal(_ text: String, _ fault: String) -> UsageError {
    UsageError(field: "interface", "--interface is \"\(text)\", but \(fault); accepted: \(accepted).")
  }
}
