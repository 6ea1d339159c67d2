import Dispatch
import Synchronization

extension Simulator {
  /// Runs the schedules of `seeds` on all cores, in blocks, until a block has a failure. What is found does not depend on the
  /// number of cores: blocks begin in order, and each that has begun is finished.
  ///
  /// - Parameter told: of each block and its number of seeds, in any order, one at a time.
  package static func playBlocks(
    of seeds: Range<UInt64>, planting fault: ProtocolFault? = nil, told: @Sendable (Summary, Int) -> Void = { _, _ in }
  ) throws -> Summary {
    let blocks = (UInt64(seeds.count) + seedsPerBlock - 1) / seedsPerBlock
    let result = Mutex<(summary: Summary, error: (any Error)?)>((Summary(), nil))
    DispatchQueue.concurrentPerform(iterations: Int(blocks)) { index in
      guard result.withLock({ $0.summary.failure == nil && $0.error == nil }) else { return }
      let start = seeds.lowerBound + UInt64(index) * seedsPerBlock
      let block = start..<start + min(seedsPerBlock, seeds.upperBound - start)
      do {
        let summary = try play(block, planting: fault)
        result.withLock {
          told(summary, block.count)
          $0.summary = $0.summary + summary
        }
      } catch {
        result.withLock { $0.error = error }
      }
    }
    let (summary, error) = result.withLock { $0 }
    if let error { throw error }
    return summary
  }

  /// Enough to make their beginning cheap, few enough that little is played beyond a failure.
  private static var seedsPerBlock: UInt64 { 50 }
}
