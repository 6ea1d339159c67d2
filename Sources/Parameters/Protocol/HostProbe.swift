/// Measures the way to a machine.
package struct HostProbe: Hashable, Sendable {
  package let number: Int
  /// Text of the length that is to be timed.
  package let filling: String

  package init(number: Int, filling: String) { (self.number, self.filling) = (number, filling) }
}

package struct HostProbeReply: Hashable, Sendable {
  package let number: Int
  /// The machine's clock: seconds since 1970.
  package let time: Double

  package init(number: Int, time: Double) { (self.number, self.time) = (number, time) }
}
