/// Measures the way to a machine.
package struct HostProbe: Hashable, Sendable {
  package let number: Int
  /// Of a payload without meaning, whose transfer is timed; `nil` for a short probe.
  package let tensor: TensorHeader?

  package init(number: Int, tensor: TensorHeader? = nil) { (self.number, self.tensor) = (number, tensor) }
}
