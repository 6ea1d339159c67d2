/// An agent's answer to a probe of the way to its machine.
package struct HostProbeReply: Hashable, Sendable {
  package let number: Int
  /// The machine's clock: seconds since 1970.
  package let time: Double

  package init(number: Int, time: Double) { (self.number, self.time) = (number, time) }
}
