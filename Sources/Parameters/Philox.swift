/// Philox4x32-10, a counter-based generator: 128 bits in, 128 random bits out, no state to lose.
///
/// - Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
package struct Philox: Sendable {
  private let key: SIMD2<UInt32>

  package init(key: UInt64) { self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)) }

  /// The block at `counter` (word 0 is the least significant).
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (x, k) = (counter, key)
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) * UInt64(x[0])
      let b = UInt64(0xCD9E_8D57) * UInt64(x[2])
      x = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ x[1] ^ k[0], UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ x[3] ^ k[1], UInt32(truncatingIfNeeded: a))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }
}
