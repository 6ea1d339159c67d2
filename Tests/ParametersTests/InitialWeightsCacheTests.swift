import Parameters
import Testing

@Suite("Initial weights cache")
struct InitialWeightsCacheTests {
  private static func weights<Scalar: KernelScalar>(
    _ layout: ParameterLayout, seed: UInt64, scale: Double = 1, servers: Int = 1, from cache: InitialWeightsCache?,
    as _: Scalar.Type = Scalar.self
  ) -> [Scalar] {
    let initial = InitialWeights(layout: layout, seed: seed, scale: scale, cache: cache)
    let shards = ShardMap(layout: layout, serverCount: servers)
    return (0..<servers).flatMap { server in
      let range = shards.shards[server]
      let weights = Buffer<Scalar>(count: range.count)
      for slice in shards.slices(of: server) { unsafe initial.write(slice, to: weights.start + slice.range.lowerBound) }
      return weights.values
    }
  }

  /// For any order of requests: seeds, scales, shards, precisions, and networks whose parameters share names.
  @Test("cached weights equal newly drawn ones")
  func same() {
    let other = ParameterLayout([
      Parameter(
        layer: "conv", shape: Shape(64, 8, 3, 3), role: .weight, group: .weights, initializer: .heNormal(fanIn: 8))
    ])
    let cache = InitialWeightsCache()
    for _ in 1...2 {
      for layout in [InitialWeightsTests.layout, other] {
        for seed: UInt64 in [7, 8] {
          for scale in [1, 0.5] {
            for servers in [1, 3] {
              let drawn: [Double] = Self.weights(layout, seed: seed, scale: scale, servers: servers, from: nil)
              #expect(Self.weights(layout, seed: seed, scale: scale, servers: servers, from: cache) == drawn)
              #expect(
                Self.weights(layout, seed: seed, scale: scale, servers: servers, from: cache) == drawn.map(Float.init))
            }
          }
        }
      }
    }
  }
}
