/// How gradients and weights travel between workers and servers: as computed, or rounded to fewer bits.
package enum WireFormat: String, Hashable, Sendable, Codable, CaseIterable {
  /// As computed, in double precision too.
  case float32
  case bfloat16, float16
  /// Whole numbers from −127 to 127, with a scale for each filter.
  case int8

  /// Whether numbers are rounded, and packed.
  package var isLossy: Bool { self != .float32 }
  /// Whether workers get what their weights have changed by, rather than the weights.
  package var sendsDifferences: Bool { self == .int8 }
}

/// The wire of a run.
package struct Wire: Hashable, Sendable {
  package let format: WireFormat
  /// Of the random numbers with which int8 rounds up or down.
  package let seed: UInt64

  package init(_ format: WireFormat, seed: UInt64) {
    self.format = format
    self.seed = seed
  }

  /// Everything travels as computed.
  package static let plain = Wire(.float32, seed: 0)

  /// Elements of the shortest filters that int8 rounds; others, with their scales, would hardly be shorter for it.
  package static let shortestRounded = 16
}
