import COneDNN

/// A chosen implementation of an operation, with the layouts and the scratch memory that it requires.
///
/// Scratch memory is supplied by the user: the library would bind its own to the thread that creates a primitive, and
/// running the primitive on another thread would crash.
@safe package final class PrimitiveDescriptor {
  let handle: OpaquePointer
  package let operation: String
  let changesLayout: Bool

  /// - Parameters:
  ///   - forward: the forward operation that a backward one belongs to.
  ///   - accumulates: whether the result is added to what the destination holds.
  init(
    _ operation: String, _ description: UnsafeRawPointer, on engine: Engine, forward: PrimitiveDescriptor? = nil,
    accumulates: Bool = false
  ) throws(OneDNNError) {
    (self.operation, changesLayout) = (operation, false)
    let attributes = try Attributes()
    if accumulates { try attributes.accumulate() }
    unsafe handle = try OneDNNError.created("find an implementation of \(operation)") {
      unsafe dnnl_primitive_desc_create(&$0, description, attributes.handle, engine.handle, forward?.handle)
    }
  }

  /// A copy of a tensor from one layout into another.
  package init(
    reorderFrom source: TensorDescriptor, to destination: TensorDescriptor, on engine: Engine
  ) throws(OneDNNError) {
    (operation, changesLayout) = ("a change of layout", true)
    var (from, to) = (source.raw, destination.raw)
    let attributes = try Attributes()
    unsafe handle = try OneDNNError.created("find an implementation of \(operation)") {
      unsafe dnnl_reorder_primitive_desc_create(&$0, &from, engine.handle, &to, engine.handle, attributes.handle)
    }
  }

  deinit { unsafe _ = dnnl_primitive_desc_destroy(handle) }

  package var source: TensorDescriptor { query(dnnl_query_src_md) }
  package var weights: TensorDescriptor { query(dnnl_query_weights_md) }
  package var destination: TensorDescriptor { query(dnnl_query_dst_md) }
  package var sourceGradient: TensorDescriptor { query(dnnl_query_diff_src_md) }
  package var weightsGradient: TensorDescriptor { query(dnnl_query_diff_weights_md) }
  package var destinationGradient: TensorDescriptor { query(dnnl_query_diff_dst_md) }
  package var workspace: TensorDescriptor { query(dnnl_query_workspace_md) }
  package var scratchpad: TensorDescriptor { query(dnnl_query_scratchpad_md) }

  /// The library's name of the implementation, such as `jit_wino_4x3:avx512_core`.
  package var implementation: String {
    var name: UnsafePointer<CChar>?
    let status = unsafe withUnsafeMutablePointer(to: &name) {
      unsafe dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, $0)
    }
    guard status == dnnl_success, let text = unsafe name else { return "unknown" }
    return unsafe String(cString: text)
  }

  private func query(_ what: dnnl_query_t) -> TensorDescriptor {
    guard let descriptor = unsafe dnnl_primitive_desc_query_md(handle, what, 0) else {
      return TensorDescriptor(dnnl_memory_desc_t())
    }
    return unsafe TensorDescriptor(descriptor.pointee)
  }
}

/// Attributes of all primitives: scratch memory is supplied by the user.
@safe private final class Attributes {
  let handle: OpaquePointer

  init() throws(OneDNNError) {
    unsafe handle = try OneDNNError.created("create attributes") { unsafe dnnl_primitive_attr_create(&$0) }
    let status = unsafe dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user)
    try OneDNNError.check("set the scratch mode", status)
  }

  /// Adds the result to what the destination holds.
  func accumulate() throws(OneDNNError) {
    let operations = try unsafe OneDNNError.created("create an addition") { unsafe dnnl_post_ops_create(&$0) }
    defer { unsafe _ = dnnl_post_ops_destroy(operations) }
    try unsafe OneDNNError.check("append an addition", dnnl_post_ops_append_sum(operations, 1))
    try unsafe OneDNNError.check("set an addition", dnnl_primitive_attr_set_post_ops(handle, operations))
  }

  deinit { unsafe _ = dnnl_primitive_attr_destroy(handle) }
}
