import Testing

import Simulation

@Suite("Quantities of a cluster")
struct QuantityTests {
  @Test(
    "bandwidths are bytes a second",
    arguments: [
      ("100Mbit", 1.25e7), ("1Gbit", 1.25e8), ("10Gbit", 1.25e9), ("1.25GB/s", 1.25e9), ("8bit/s", 1), (".5kB/s", 500),
      ("10Gb", nil), ("10", nil), ("0Gbit", nil), ("-1Gbit", nil), ("fast", nil), ("", nil), ("1e3Mbit", nil),
    ] as [(String, Double?)])
  func bandwidth(text: String, bytes: Double?) { #expect(Quantity.bandwidth(text) == bytes) }

  @Test(
    "durations are seconds",
    arguments: [
      ("1ms", 0.001), ("2s", 2), ("0s", 0), ("1.5s", 1.5), ("50", nil), ("50ns", nil), ("-1ms", nil), ("", nil),
    ] as [(String, Double?)])
  func duration(text: String, seconds: Double?) { #expect(Quantity.duration(text) == seconds) }

  @Test(
    "counts are numbers, lists, and ranges that are doubled",
    arguments: [
      ("4", [4]), ("4,1,2,4", [1, 2, 4]), ("1..8", [1, 2, 4, 8]), ("3..10", [3, 6, 10]), ("8..8", [8]), ("0", nil),
      ("8..1", nil), ("1..17", nil), ("1,,2", nil), ("1..", nil), ("1..2..4", nil), ("", nil), ("few", nil),
    ] as [(String, [Int]?)])
  func counts(text: String, counts: [Int]?) { #expect(Quantity.counts(text, to: 16) == counts) }

  @Test("stragglers are a share and a factor")
  func stragglers() {
    #expect(Quantity.stragglers("2%:3x") == .init(share: 0.02, factor: 3))
    for text in ["2:3", "2%", "101%:3x", "2%:0.5x", "3x:2%"] { #expect(Quantity.stragglers(text) == nil, "\(text)") }
  }
}
