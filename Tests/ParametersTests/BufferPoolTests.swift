import Parameters
import Testing

@Suite("Pools of buffers")
struct BufferPoolTests {
  @Test("a pool reuses what is free, and gives back what has not been needed for a while")
  func trims() {
    weak var last: Buffer<Float>?
    let pool = BufferPool<Float>(count: 3)
    do {
      let held = (0..<4).map { _ in pool.take() }
      last = held[3]
      pool.trim()
      #expect(Set(held.map(ObjectIdentifier.init)).count == 4 && held.allSatisfy { pool.made($0) })
    }
    #expect(last != nil, "all of them were in use")
    let first = pool.take()
    pool.trim()
    #expect(last == nil && pool.made(first) && !pool.made(Buffer(count: 3)))
    #expect(pool.take() !== first)
  }
}
