import COneDNN

/// Extents, element type and memory layout of a tensor.
package struct TensorDescriptor: Equatable {
  package enum Element: Hashable, Sendable {
    case float32
    /// float32 without its lower 16 bits, rounded to nearest, ties to even.
    case bfloat16
    /// Without a sign.
    case byte

    fileprivate var raw: dnnl_data_type_t {
      switch self {
      case .float32: dnnl_f32
      case .bfloat16: dnnl_bf16
      case .byte: dnnl_u8
      }
    }
  }

  let raw: dnnl_memory_desc_t

  init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

  /// Row-major: NCHW for activations, OIHW for weights.
  package init(plain extents: [Int], of element: Element = .float32) throws(OneDNNError) {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd]
    precondition(tags.indices.contains(extents.count - 1), "a tensor has one to four dimensions, not \(extents.count)")
    try self.init(extents, element, tag: tags[extents.count - 1])
  }

  /// A matrix with the elements of each column adjacent: the memory of its transpose in row-major order.
  ///
  /// - Parameter height: rows of the matrix in memory of which these are some; by default, these are all.
  package init(
    columnMajor extents: [Int], of element: Element = .float32, amongRows height: Int? = nil
  ) throws(OneDNNError) {
    precondition(extents.count == 2, "a matrix has two dimensions, not \(extents.count)")
    var raw = dnnl_memory_desc_t()
    try unsafe OneDNNError.check(
      "describe a matrix of \(extents)",
      dnnl_memory_desc_init_by_strides(
        &raw, 2, extents.map(Int64.init), element.raw, [1, Int64(height ?? extents[0])]))
    self.raw = raw
  }

  /// As many matrices one behind the other.
  ///
  /// - Parameters:
  ///   - stride: elements from one matrix to the next.
  ///   - transposed: whether the memory of each is that of its transpose.
  package init(
    matrices count: Int, rows: Int, columns: Int, stride: Int, transposed: Bool = false
  ) throws(OneDNNError) {
    var raw = dnnl_memory_desc_t()
    let (extents, strides) = ([count, rows, columns], [stride] + (transposed ? [1, rows] : [columns, 1]))
    try unsafe OneDNNError.check(
      "describe matrices of \(rows)×\(columns)",
      dnnl_memory_desc_init_by_strides(&raw, 3, extents.map(Int64.init), dnnl_f32, strides.map(Int64.init)))
    self.raw = raw
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

  /// In blocks of as many channels; the padding of the last block is 0 where the library or a kernel writes it.
  package init(blocked extents: [Int], by channels: Int, of element: Element = .float32) throws(OneDNNError) {
    precondition(extents.count == 4, "an image batch has four dimensions, not \(extents.count)")
    precondition([8, 16].contains(channels), "a block has 8 or 16 channels, not \(channels)")
    try self.init(extents, element, tag: channels == 8 ? dnnl_aBcd8b : dnnl_aBcd16b)
  }

  private init(_ extents: [Int], _ element: Element, tag: dnnl_format_tag_t) throws(OneDNNError) {
    var raw = dnnl_memory_desc_t()
    try unsafe OneDNNError.check(
      "describe a tensor of \(extents)",
      dnnl_memory_desc_init_by_tag(&raw, Int32(extents.count), extents.map(Int64.init), element.raw, tag))
    self.raw = raw
  }

  package var element: Element {
    switch raw.data_type {
    case dnnl_bf16: .bfloat16
    case dnnl_u8: .byte
    default: .float32
    }
  }

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

  /// How many channels of a pixel are adjacent, if these are images in blocks of channels:
  /// [sample][channel / block][row][column][channel % block]. Of no other layout.
  package var channelBlock: Int? {
    guard raw.format_kind == dnnl_blocked, raw.ndims == 4, raw.offset0 == 0 else { return nil }
    let blocking = unsafe raw.format_desc.blocking
    let block = blocking.inner_blks.0
    guard blocking.inner_nblks == 1, blocking.inner_idxs.0 == 1, block > 1 else { return nil }
    let (padded, strides) = (raw.padded_dims, blocking.strides)
    let isDense =
      strides.3 == block && strides.2 == padded.3 * strides.3 && strides.1 == padded.2 * strides.2
      && strides.0 == padded.1 / block * strides.1
    return isDense ? Int(block) : nil
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
