/// One record of an event file.
package struct Event: Hashable, Sendable {
  package enum Content: Hashable, Sendable {
    /// The first record of every file.
    case fileVersion
    /// A reader forgets what it has read from this step on.
    case sessionStart
    case values([Tagged])
  }

  /// A value under the name that TensorBoard shows; what precedes the first slash is its section.
  package struct Tagged: Hashable, Sendable {
    package let tag: String
    package let value: Value

    package init(_ tag: String, _ value: Value) { (self.tag, self.value) = (tag, value) }
  }

  package enum Value: Hashable, Sendable {
    case scalar(Double)
    case histogram(Histogram)
    case experiment(Experiment)
    case sessionStart([Hyperparameter], at: Double)
    case sessionEnd(SessionStatus, at: Double)
  }

  /// Seconds since 1970.
  package var wallTime: Double
  package var step: Int
  package var content: Content

  package init(wallTime: Double, step: Int = 0, _ content: Content) {
    (self.wallTime, self.step, self.content) = (wallTime, step, content)
  }

  /// The record: length, checksum of the length, the event, checksum of the event; all little-endian.
  package var record: [UInt8] {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
    let event = packed
    let length = bytes(UInt64(event.count))
    return length + bytes(CRC32C.masked(length)) + event + bytes(CRC32C.masked(event))
  }
}
