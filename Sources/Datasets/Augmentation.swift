package import Parameters

/// A random transformation of a training image that preserves its class.
package enum Augmentation: String, Hashable, Sendable, Codable, CaseIterable {
  case none
  /// Mirrors the image left to right with probability 1/2.
  case flip
  /// Crops a random window of the image's size from the image padded with `pad` black pixels on every side.
  case crop
  case cropFlip = "crop+flip"

  /// Black pixels added on every side before a crop.
  package static let pad = 4

  /// How one sample is transformed.
  package struct Placement: Hashable, Sendable {
    /// The window's corner relative to the image's, −pad ... pad.
    package var down = 0
    package var right = 0
    /// Applied after the crop.
    package var isFlipped = false

    package init(down: Int = 0, right: Int = 0, isFlipped: Bool = false) {
      self.down = down
      self.right = right
      self.isFlipped = isFlipped
    }
  }

  /// The placement of sample n, from the numbers of (seed, `.augmentation`, n).
  package func placement(ofSample n: Int, random: CounterRandom) -> Placement {
    guard self != .none else { return Placement() }
    let words = random.words(0, n)
    var placement = Placement()
    if self == .crop || self == .cropFlip {
      let positions = UInt64(2 * Self.pad + 1)
      placement.down = Int((UInt64(words[0]) * positions) >> 32) - Self.pad
      placement.right = Int((UInt64(words[1]) * positions) >> 32) - Self.pad
    }
    if self == .flip || self == .cropFlip { placement.isFlipped = words[2] & 1 == 1 }
    return placement
  }
}
