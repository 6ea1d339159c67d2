import Foundation

/// Random numbers as a pure function of (seed, purpose, position): they can be computed in any order and on any
/// machine.
package struct CounterRandom: Sendable {
  /// What the numbers are for; two purposes never share a number.
  package enum Purpose: UInt32, Sendable {
    case initialWeights = 1, permutation, augmentation, dropout, glyphs, probe, faults, rounding
  }

  private let philox: Philox
  private let purpose: UInt32

  package init(seed: UInt64, purpose: Purpose) {
    philox = Philox(key: seed)
    self.purpose = purpose.rawValue
  }

  /// Four random words for position (`stream` < 2³², `index`).
  package func words(_ stream: Int, _ index: Int) -> SIMD4<UInt32> {
    let index = UInt64(index)
    return philox.block(
      SIMD4(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), UInt32(stream), purpose))
  }

  /// Uniform on [0, 1), 53 bits.
  package func uniform(_ stream: Int, _ index: Int) -> Double {
    let w = words(stream, index)
    return Double((UInt64(w[0]) << 32 | UInt64(w[1])) >> 11) * 0x1p-53
  }

  /// Uniform on 0 ..< bound, by multiplication of 64 random bits; the bias is below bound / 2⁶⁴.
  package func integer(_ stream: Int, _ index: Int, below bound: Int) -> Int {
    let w = words(stream, index)
    return Int((UInt64(w[0]) << 32 | UInt64(w[1])).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Standard normal (Box and Muller 1958), one number per position.
  package func normal(_ stream: Int, _ index: Int) -> Double {
    let w = words(stream, index)
    let u = (Double((UInt64(w[0]) << 32 | UInt64(w[1])) >> 11) + 1) * 0x1p-53  // on (0, 1]
    let v = Double((UInt64(w[2]) << 32 | UInt64(w[3])) >> 11) * 0x1p-53
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}
