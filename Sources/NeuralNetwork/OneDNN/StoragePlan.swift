import OneDNN
import Parameters

/// Overlays tensors with disjoint lifetimes in one block of memory.
///
/// Tensors are taken and released in the order in which the primitives will run; `commit` then places the largest
/// first, each at the lowest address that is free during its lifetime.
final class StoragePlan {
  private struct Tenancy {
    /// The tensor, then its views, and where they begin in it, in bytes.
    var memories: [(memory: Memory, start: Int)]
    let byteCount: Int
    var references = 1
    let birth: Int
    var death = Int.max
    var offset = 0
  }

  private let engine: Engine
  private var clock = 0
  private var tenancies: [Tenancy] = []
  private var indices: [ObjectIdentifier: Int] = [:]
  private var block: Buffer<Float>?

  init(on engine: Engine) { self.engine = engine }

  /// A tensor that lives until it is released as often as it was taken and retained.
  func take(_ descriptor: TensorDescriptor) throws(OneDNNError) -> Memory {
    let memory = try Memory(unbound: descriptor, on: engine)
    clock += 1
    indices[ObjectIdentifier(memory)] = tenancies.count
    tenancies.append(
      Tenancy(memories: [(memory, 0)], byteCount: (descriptor.byteCount + 63) / 64 * 64, birth: clock))
    return memory
  }

  /// The storage of `memory` under another description of as many bytes, or of fewer. Both are one tensor: releasing or
  /// retaining the view releases or retains `memory`.
  ///
  /// - Parameter start: bytes of `memory` before the view.
  func view(of memory: Memory, as descriptor: TensorDescriptor, from start: Int = 0) throws(OneDNNError) -> Memory {
    let view = try Memory(unbound: descriptor, on: engine)
    if let index = indices[ObjectIdentifier(memory)] {
      let offset = tenancies[index].memories.first { $0.memory === memory }?.start ?? 0
      tenancies[index].memories.append((view, offset + start))
      indices[ObjectIdentifier(view)] = index
    } else if let storage = unsafe memory.storage {
      try unsafe view.bind(to: storage + start)
    }
    return view
  }

  func retain(_ memory: Memory) {
    if let index = indices[ObjectIdentifier(memory)] { tenancies[index].references += 1 }
  }

  /// Ignores tensors of other origin, such as the images.
  func release(_ memory: Memory) {
    guard let index = indices[ObjectIdentifier(memory)] else { return }
    tenancies[index].references -= 1
    precondition(tenancies[index].references >= 0, "a tensor is released once too often")
    guard tenancies[index].references == 0 else { return }
    clock += 1
    tenancies[index].death = clock
  }

  /// Assigns an address to every tensor.
  func commit() throws(OneDNNError) {
    var placed: [Tenancy] = []
    for var tenancy in tenancies.sorted(by: { ($1.byteCount, $0.birth) < ($0.byteCount, $1.birth) }) {
      let neighbors = placed.filter { $0.birth < tenancy.death && tenancy.birth < $0.death }
      for other in neighbors.sorted(by: { $0.offset < $1.offset })
      where other.offset < tenancy.offset + tenancy.byteCount && tenancy.offset < other.offset + other.byteCount {
        tenancy.offset = other.offset + other.byteCount
      }
      placed.append(tenancy)
    }
    byteCount = placed.map { $0.offset + $0.byteCount }.max() ?? 0
    let block = Buffer<Float>(count: byteCount / MemoryLayout<Float>.stride)
    self.block = block
    for tenancy in placed {
      for (memory, start) in tenancy.memories {
        try unsafe memory.bind(to: UnsafeMutableRawPointer(block.start) + tenancy.offset + start)
      }
    }
  }

  /// Bytes of the block, once committed.
  private(set) var byteCount = 0
}
