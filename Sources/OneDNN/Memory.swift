import COneDNN

/// One tensor: a descriptor and the address of its elements.
@safe package final class Memory {
  let handle: OpaquePointer
  package let descriptor: TensorDescriptor
  private let engine: Engine
  private let owned: UnsafeMutableRawPointer?

  /// A tensor without storage; call `bind(to:)` before using it.
  package init(unbound descriptor: TensorDescriptor, on engine: Engine) throws(OneDNNError) {
    self.descriptor = descriptor
    self.engine = engine
    unsafe owned = nil
    unsafe handle = try Memory.create(descriptor, engine, nil)
  }

  /// A tensor with zeroed storage of its own, aligned to 64 bytes.
  package init(_ descriptor: TensorDescriptor, on engine: Engine) throws(OneDNNError) {
    self.descriptor = descriptor
    self.engine = engine
    let count = max(descriptor.byteCount, 64)
    let storage = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
    unsafe storage.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    unsafe owned = storage
    unsafe handle = try Memory.create(descriptor, engine, storage)
  }

  deinit {
    unsafe _ = dnnl_memory_destroy(handle)
    unsafe owned?.deallocate()
  }

  /// Places the tensor at `storage`, `descriptor.byteCount` bytes that the caller keeps alive.
  package func bind(to storage: UnsafeMutableRawPointer) throws(OneDNNError) {
    try unsafe OneDNNError.check("bind a tensor", dnnl_memory_set_data_handle(handle, storage))
  }

  /// Where it lies; `nil` before it is bound.
  package var storage: UnsafeMutableRawPointer? {
    var storage: UnsafeMutableRawPointer?
    guard unsafe dnnl_memory_get_data_handle(handle, &storage) == dnnl_success else { return nil }
    return unsafe storage
  }

  /// The first element in storage order; `nil` before it is bound.
  package var floats: UnsafeMutablePointer<Float>? { unsafe storage?.assumingMemoryBound(to: Float.self) }

  private static func create(
    _ descriptor: TensorDescriptor, _ engine: Engine, _ storage: UnsafeMutableRawPointer?
  ) throws(OneDNNError) -> OpaquePointer {
    var raw = descriptor.raw
    return try unsafe OneDNNError.created("create a tensor") {
      unsafe dnnl_memory_create(&$0, &raw, engine.handle, storage)
    }
  }
}
