import CKernels

extension Double: KernelScalar {
  package static var elementType: ElementType { .float64 }

  package static func update(
    _ slice: TensorSlice<Double>, with kernel: Kernel, parameters: UnsafeRawPointer, writes: Kernel.Result
  ) {
    kernel.check(slice)
    var arguments = unsafe tare_update_f64(slice, parameters: parameters)
    unsafe arguments.direction = writes == .direction ? 1 : 0
    unsafe tare_update_f64(InstructionSet.current.number, kernel.number, &arguments)
  }

  package static func sumInputsAndState(
    _ slice: TensorSlice<Double>, gradientState: UnsafeMutablePointer<Double>
  ) {
    var arguments = unsafe tare_update_f64(slice, parameters: nil)
    unsafe tare_sum_inputs_and_state_f64(InstructionSet.current.number, &arguments, gradientState)
  }

  package static func add(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into sum: UnsafeMutablePointer<Double>, count: Int
  ) {
    unsafe tare_add_f64(InstructionSet.current.number, a, b, sum, count)
  }

  package static func scaleRows(
    of source: UnsafePointer<Double>, by factors: UnsafePointer<Double>, into scaled: UnsafeMutablePointer<Double>,
    rows: Int, rowLength: Int
  ) {
    unsafe tare_scale_rows_f64(InstructionSet.current.number, source, factors, scaled, rows, rowLength)
  }

  package static func squaredNorms(
    ofRows source: UnsafePointer<Double>, into norms: UnsafeMutablePointer<Double>, rows: Int, rowLength: Int
  ) {
    unsafe tare_squared_norms_f64(InstructionSet.current.number, source, norms, rows, rowLength)
  }

  package static func areFinite(_ elements: UnsafePointer<Double>, count: Int) -> Bool {
    unsafe tare_are_finite_f64(InstructionSet.current.number, elements, count) != 0
  }

  package static func widened(_ source: UnsafePointer<Double>, count: Int) -> [Double] {
    unsafe UnsafeBufferPointer(start: source, count: count).map { Double($0) }
  }
}

extension tare_update_f64 {
  /// A step that writes weights.
  fileprivate init(_ slice: TensorSlice<Double>, parameters: UnsafeRawPointer?) {
    unsafe self.init(
      old: slice.old, updated: slice.updated, gradient_sum: slice.gradientSum, gradient_scale: slice.gradientScale,
      state0: slice.optimizerState.first, state1: slice.optimizerState.dropFirst().first, rows: slice.filters,
      row_length: slice.filterLength, parameters: parameters, direction: 0, sums: slice.sumNumbers,
      squared_norms: slice.squaredNorms, radius: slice.radius)
  }
}
