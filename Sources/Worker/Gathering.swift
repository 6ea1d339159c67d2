import Parameters

/// The flat weights of one version, assembled from the servers' shards as they arrive.
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

  /// Adds one shard; returns `false` if it is a duplicate or has the wrong size.
  mutating func insert(_ shard: Buffer<Scalar>, from server: Int) -> Bool {
    guard let index = missing.firstIndex(of: server), shard.count == shards.shards[server].count else { return false }
    missing.remove(at: index)
    if shards.shards.count == 1 {
      // A single shard is the whole vector: use it without a copy.
      flat = shard
      return true
    }
    let target = flat ?? pool.take()
    flat = target
    unsafe (target.start + shards.shards[server].lowerBound).update(from: shard.start, count: shard.count)
    return true
  }

  /// The weights, once every shard has arrived.
  var complete: Buffer<Scalar>? { missing.isEmpty ? flat : nil }
}
