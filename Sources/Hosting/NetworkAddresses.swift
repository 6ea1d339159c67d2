import Coordination
import Glibc

/// The addresses of this machine that others may reach.
package enum NetworkAddresses {
  package struct Interface: Hashable, Sendable {
    package let name: String
    /// IPv4 or IPv6, without a scope.
    package let address: String

    package init(name: String, address: String) { (self.name, self.address) = (name, address) }
  }

  /// Of all interfaces that are up.
  package static func all() -> [Interface] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard unsafe getifaddrs(&first) == 0 else { return [] }
    defer { unsafe freeifaddrs(first) }
    var found: [Interface] = []
    var next = unsafe first
    while let entry = unsafe next?.pointee {
      defer { unsafe next = entry.ifa_next }
      guard unsafe entry.ifa_flags & UInt32(IFF_UP) != 0, let address = unsafe entry.ifa_addr else { continue }
      let family = unsafe Int32(address.pointee.sa_family)
      guard family == AF_INET || family == AF_INET6 else { continue }
      let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      var text = [CChar](repeating: 0, count: 256)
      let isNamed =
        unsafe getnameinfo(address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      guard isNamed else { continue }
      let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      found.append(Interface(name: unsafe String(cString: entry.ifa_name), address: String(name.prefix { $0 != "%" })))
    }
    return found
  }

  /// Those of `interfaces` that another machine may reach: not loopback, not link-local, and no bridge of containers or virtual
  /// machines, which every machine has with the same address, unless there is nothing else. IPv4 first.
  package static func reachable(_ interfaces: [Interface]) -> [String] {
    let usable = outward(interfaces)
    let physical = usable.filter { interface in !bridges.contains { interface.name.hasPrefix($0) } }
    let chosen = physical.isEmpty ? usable : physical
    return chosen.map(\.address).sorted { !$0.contains(":") && $1.contains(":") }
  }

  /// Without loopback and link-local addresses.
  static func outward(_ interfaces: [Interface]) -> [Interface] {
    interfaces.filter { !isLoopback($0) && !isLinkLocal($0.address) }
  }

  private static let bridges = ["docker", "br-", "virbr", "veth", "cni", "flannel", "lxc", "podman"]

  private static func isLoopback(_ interface: Interface) -> Bool {
    interface.name == "lo" || Loopback.contains(interface.address)
  }

  private static func isLinkLocal(_ address: String) -> Bool {
    address.hasPrefix("169.254.") || address.lowercased().hasPrefix("fe80:")
  }
}
