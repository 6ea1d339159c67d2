/// The addresses by which a machine reaches only itself. Debian gives a machine's own name the address 127.0.1.1.
package enum Loopback {
  /// - Parameter address: without the brackets of IPv6.
  package static func contains(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }
}
