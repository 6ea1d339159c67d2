import COneDNN

/// Extents, element type and memory layout of a tensor.
package struct TensorDescriptor: Equatable {
  package enum Element: Hashable, Sendable {
    case float32
    /// float32 without its lower 16 bits, rounded to nearest, ties to even.
    case bfloat16

    fileprivate var raw: dnnl_data_type_t { self == .float32 ? dnnl_f32 : dnnl_bf16 }
  }

  let raw: dnnl_memory_desc_t

  init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

  /// Row-major: NCHW for activations, OIHW for weights.
  package init(plain extents: [Int], of element: Element = .float32) throws(OneDNNError) {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd]
    precondition(tags.indices.contains(extents.count - 1), "a tensor has one to four dimensions, not \(extents.count)")
    try self.init(extents, element, tag: tags[extents.count - 1])
  }

  /// Four dimensions with the channels of each pixel adjacent: NHWC.
  package init(channelsLast extents: [Int], of element: Element = .float32) throws(OneDNNError) {
    precondition(extents.count == 4, "an image batch has four dimensions, not \(extents.count)")
    try self.init(extents, element, tag: dnnl_acdb)
  }

  /// The primitive chooses the layout; its descriptor then tells which.
  package init(anyLayout extents: [Int], of element: Element = .float32) throws(OneDNNError) {
    try self.init(extents, element, tag: dnnl_format_tag_any)
  }

  private init(_ extents: [Int], _ element: Element, tag: dnnl_format_tag_t) throws(OneDNNError) {
    var raw = dnnl_memory_desc_t()
    try unsafe OneDNNError.check(
      "describe a tensor of \(extents)",
      dnnl_memory_desc_init_by_tag(&raw, Int32(extents.count), extents.map(Int64.init), element.raw, tag))
    self.raw = raw
  }

  package var element: Element { raw.data_type == dnnl_bf16 ? .bfloat16 : .float32 }

  /// The same extents and layout for another element type.
  package func with(_ element: Element) -> TensorDescriptor {
    var raw = raw
    raw.data_type = element.raw
    return TensorDescriptor(raw)
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
