import Parameters
import Testing

@Suite("Initial weights")
struct InitialWeightsTests {
  static let layout = ParameterLayout([
    Parameter(
      layer: "conv", shape: Shape(64, 8, 3, 3), role: .weight, group: .weights, initializer: .heNormal(fanIn: 72)),
    Parameter(layer: "norm", shape: Shape(64), role: .gamma, group: .gammaBeta, initializer: .constant(1)),
    Parameter(layer: "head", shape: Shape(10, 64), role: .weight, group: .head, initializer: .uniform(fanIn: 64)),
  ])

  static func values(seed: UInt64, scale: Double = 1, servers: Int = 1) -> [Double] {
    let initial = InitialWeights(layout: layout, seed: seed, scale: scale)
    let shards = ShardMap(layout: layout, serverCount: servers)
    return (0..<servers).flatMap { server in
      let weights = Buffer<Double>(count: shards.shards[server].count)
      for slice in shards.slices(of: server) { unsafe initial.write(slice, to: weights.start + slice.range.lowerBound) }
      return weights.values
    }
  }

  /// E‖w_f‖² = 2 · scale² for He-normal filters, with variance 8/fanIn · scale⁴; the head ignores the scale and stays
  /// within ±1/√fanIn.
  @Test(arguments: [1.0, 0.5])
  func lengths(scale: Double) {
    let values = Self.values(seed: 7, scale: scale)
    let squares = values.prefix(64 * 72).map { $0 * $0 }.reduce(0, +) / 64
    #expect(abs(squares - 2 * scale * scale) < 4 * scale * scale * (8.0 / 72 / 64).squareRoot())
    #expect(values.dropFirst(64 * 72).prefix(64).allSatisfy { $0 == 1 })
    let head = values.suffix(640).map(abs).max() ?? 0
    #expect(head <= 0.125 && head > 0.12)
  }

  @Test("initial weights depend only on the seed, not on how they are split among servers")
  func pure() {
    #expect(Self.values(seed: 7) == Self.values(seed: 7, servers: 3))
    #expect(Self.values(seed: 7) != Self.values(seed: 8))
  }
}
