/// Philox4x32-10, a counter-based generator: 128 bits in, 128 random bits out, no state.
///
/// - Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
package struct Philox: Sendable {
  private let key: SIMD2<UInt32>

  package init(key: UInt64) { self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)) }

  /// The block at `counter` (word 0 is the least significant).
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    // Scalar words: with vectors each round would extract and reinsert its words, which takes twice the time.
    var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<10 {
      let a = 0xD251_1F53 &* UInt64(x0)
      let b = 0xCD9E_8D57 &* UInt64(x2)
      (x0, x1, x2, x3) = (
        UInt32(truncatingIfNeeded: b >> 32) ^ x1 ^ k0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ x3 ^ k1, UInt32(truncatingIfNeeded: a)
      )
      (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
    }
    return SIMD4(x0, x1, x2, x3)
  }
}
