import Parameters

/// The flat weights of one version, put together from the servers' shards as they arrive.
struct Gathering<Scalar: KernelScalar> {
  private let shards: ShardMap
  private let pool: BufferPool<Scalar>
  private var flat: Buffer<Scalar>?
  private(set) var missing: [Int] = []

  init(shards: ShardMap) {
    self.shards = shards
    pool = BufferPool(count: shards.layout.count)
  }

  mutating func start() {
    flat = nil
    missing = Array(shards.shards.indices)
  }

  /// Takes one shard; `false` if it was here already or has another size.
  mutating func insert(_ shard: Buffer<Scalar>, from server: Int) -> Bool {
    guard let index = missing.firstIndex(of: server), shard.count == shards.shards[server].count else { return false }
    missing.remove(at: index)
    if shards.shards.count == 1 {
      // The only shard is the whole vector: use it as it came.
      flat = shard
      return true
    }
    let target = flat ?? pool.take()
    flat = target
    unsafe (target.start + shards.shards[server].lowerBound).update(from: shard.start, count: shard.count)
    return true
  }

  /// The weights, once every shard is here.
  var complete: Buffer<Scalar>? { missing.isEmpty ? flat : nil }
}
