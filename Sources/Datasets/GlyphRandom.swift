import Parameters

/// The random numbers of one glyph, taken in order from the counter positions of its own stream.
struct GlyphRandom {
  private let random: CounterRandom
  private let stream: Int
  private var position = 0
  private var words = SIMD4<UInt32>()
  private var used = 4

  init(_ random: CounterRandom, stream: Int) {
    self.random = random
    self.stream = stream
  }

  mutating func word() -> UInt32 {
    if used == 4 {
      words = random.words(stream, position)
      position += 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// Uniform on [low, high), 24 bits.
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * (Float(word() >> 8) * 0x1p-24)
  }

  /// Uniform on low ... high.
  mutating func integer(_ low: Int, _ high: Int) -> Int {
    low + Int((UInt64(word()) * UInt64(high - low + 1)) >> 32)
  }

  /// A vector with three independent parts, each uniform on [low, high).
  mutating func color(_ low: Float, _ high: Float) -> SIMD3<Float> {
    let (red, green, blue) = (uniform(low, high), uniform(low, high), uniform(low, high))
    return SIMD3(red, green, blue)
  }
}
