/// The extents of one sample: channels × height × width (CHW), or a flat vector as channels × 1 × 1.
package struct ImageShape: Hashable, Sendable, Codable, CustomStringConvertible {
  package let channels: Int
  package let height: Int
  package let width: Int

  package init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// A vector of `features` elements.
  package init(features: Int) { self.init(channels: features, height: 1, width: 1) }

  /// Elements in one channel.
  package var area: Int { height * width }

  /// Elements in one sample.
  package var count: Int { channels * area }

  package var description: String { "\(channels)×\(height)×\(width)" }
}
