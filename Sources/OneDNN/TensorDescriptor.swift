import COneDNN

/// Extents and memory layout of a float32 tensor.
package struct TensorDescriptor: Equatable {
  let raw: dnnl_memory_desc_t

  init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

  /// Row-major: NCHW for activations, OIHW for weights.
  package init(plain extents: [Int]) throws(OneDNNError) {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd]
    precondition(tags.indices.contains(extents.count - 1), "a tensor has one to four dimensions, not \(extents.count)")
    try self.init(extents, tag: tags[extents.count - 1])
  }

  /// Four dimensions with the channels of each pixel adjacent: NHWC.
  package init(channelsLast extents: [Int]) throws(OneDNNError) {
    precondition(extents.count == 4, "an image batch has four dimensions, not \(extents.count)")
    try self.init(extents, tag: dnnl_acdb)
  }

  /// The primitive chooses the layout; its descriptor then tells which.
  package init(anyLayout extents: [Int]) throws(OneDNNError) { try self.init(extents, tag: dnnl_format_tag_any) }

  private init(_ extents: [Int], tag: dnnl_format_tag_t) throws(OneDNNError) {
    var raw = dnnl_memory_desc_t()
    try unsafe OneDNNError.check(
      "describe a tensor of \(extents)",
      dnnl_memory_desc_init_by_tag(&raw, Int32(extents.count), extents.map(Int64.init), dnnl_f32, tag))
    self.raw = raw
  }

  package var extents: [Int] {
    unsafe withUnsafeBytes(of: raw.dims) { bytes in
      unsafe bytes.bindMemory(to: Int64.self).prefix(Int(raw.ndims)).map(Int.init)
    }
  }

  /// Bytes of storage, including the padding of a blocked layout; 0 for an absent tensor.
  package var byteCount: Int {
    var raw = raw
    return unsafe dnnl_memory_desc_get_size(&raw)
  }

  package static func == (a: TensorDescriptor, b: TensorDescriptor) -> Bool {
    var (a, b) = (a.raw, b.raw)
    return unsafe dnnl_memory_desc_equal(&a, &b) != 0
  }
}
