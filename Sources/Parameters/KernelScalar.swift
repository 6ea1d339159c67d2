/// The element types that weights can have, and the loops that run over them.
///
/// A generic loop called across a module boundary is hundreds of times slower than a specialized one, so each hot loop
/// is a static requirement here, implemented for `Float` and `Double` by one C body. Callers may stay generic: they pay
/// one witness call per tensor. The result of every loop is the same, bit for bit, on every `InstructionSet`.
///
/// "Rows" are `rows` × `rowLength` elements, one row after the other; a filter is a row.
package protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  static var elementType: ElementType { get }

  /// One step of an update rule on whole filters; called through the functions that take an `UpdateKernel` or a
  /// `RowKernel`.
  ///
  /// - Parameters:
  ///   - parameters: the kernel's struct; for kernels by row one for each filter.
  ///   - writes: what the kernel writes to `slice.updated`, which determines d in the sums.
  static func update(
    _ slice: TensorSlice<Self>, with kernel: Kernel, parameters: UnsafeRawPointer, writes: Kernel.Result)

  /// ‖w‖², ‖g‖², ⟨w, g⟩, `live`, ‖m‖² and ⟨w, m⟩ of each filter, m being the first state before the step, to `slice.sums`, and
  /// ⟨g, m⟩ of each filter to `gradientState`; nothing else is written.
  static func sumInputsAndState(_ slice: TensorSlice<Self>, gradientState: UnsafeMutablePointer<Double>)

  /// sum[i] = a[i] + b[i]; `sum` may be `a` or `b`.
  static func add(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into sum: UnsafeMutablePointer<Self>, count: Int)

  /// scaled[r][i] = factors[r] · source[r][i], multiplied in `Double` and rounded once; `scaled` may be `source`.
  static func scaleRows(
    of source: UnsafePointer<Self>, by factors: UnsafePointer<Double>, into scaled: UnsafeMutablePointer<Self>,
    rows: Int, rowLength: Int)

  /// norms[r] = Σᵢ source[r][i]², summed in `Double` along 16 fixed lanes.
  static func squaredNorms(
    ofRows source: UnsafePointer<Self>, into norms: UnsafeMutablePointer<Double>, rows: Int, rowLength: Int)

  /// Whether no element is infinite or NaN.
  static func areFinite(_ elements: UnsafePointer<Self>, count: Int) -> Bool

  /// The elements, each exactly as a `Double`.
  static func widened(_ source: UnsafePointer<Self>, count: Int) -> [Double]
}

extension KernelScalar {
  /// One step, elementwise.
  package static func update<Parameters>(
    _ slice: TensorSlice<Self>, with kernel: UpdateKernel<Parameters>, _ parameters: Parameters,
    writes: Kernel.Result = .weights
  ) {
    unsafe withUnsafePointer(to: parameters) { parameters in
      slice.share { part, _ in
        unsafe update(part, with: kernel.kernel, parameters: UnsafeRawPointer(parameters), writes: writes)
      }
    }
  }

  /// One step, with the parameters of each filter.
  package static func update<Parameters>(
    _ slice: TensorSlice<Self>, with kernel: RowKernel<Parameters>, _ parameters: [Parameters]
  ) {
    precondition(parameters.count == slice.filters, "\(parameters.count) parameters for \(slice.filters) filters")
    unsafe parameters.withUnsafeBufferPointer { parameters in
      guard let first = parameters.baseAddress else { return }
      slice.share { part, filters in
        let parameters = unsafe UnsafeRawPointer(first + filters.lowerBound)
        unsafe update(part, with: kernel.kernel, parameters: parameters, writes: .weights)
      }
    }
  }

  /// Σᵢ source[r][i]² of every row r.
  package static func squaredNorms(
    ofRows source: UnsafePointer<Self>, rows: Int, rowLength: Int, on threads: Threads = .one
  ) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: rows) { norms, count in
      guard let start = norms.baseAddress else { return }
      threads.share(rows, of: rowLength) { range in
        let first = range.lowerBound
        unsafe squaredNorms(
          ofRows: source + first * rowLength, into: start + first, rows: range.count, rowLength: rowLength)
      }
      count = rows
    }
  }
}

/// How an element is encoded on the wire and in files; always little-endian.
package enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
  case float32, float64

  package var byteCount: Int { self == .float32 ? 4 : 8 }
}
