import COneDNN

/// A compiled operation together with the tensors it reads and writes.
@safe package final class Primitive {
  /// The role of a tensor in a primitive.
  package struct Argument: Hashable, Sendable {
    let code: Int32

    package static let source = Argument(code: DNNL_ARG_SRC)
    /// Of a combination.
    package static let second = Argument(code: DNNL_ARG_SRC_1)
    package static let destination = Argument(code: DNNL_ARG_DST)
    package static let weights = Argument(code: DNNL_ARG_WEIGHTS)
    package static let bias = Argument(code: DNNL_ARG_BIAS)
    package static let mean = Argument(code: DNNL_ARG_MEAN)
    package static let variance = Argument(code: DNNL_ARG_VARIANCE)
    package static let scale = Argument(code: DNNL_ARG_SCALE)
    package static let shift = Argument(code: DNNL_ARG_SHIFT)
    package static let workspace = Argument(code: DNNL_ARG_WORKSPACE)
    package static let scratchpad = Argument(code: DNNL_ARG_SCRATCHPAD)
    package static let sourceGradient = Argument(code: DNNL_ARG_DIFF_SRC)
    package static let destinationGradient = Argument(code: DNNL_ARG_DIFF_DST)
    package static let weightsGradient = Argument(code: DNNL_ARG_DIFF_WEIGHTS)
    package static let biasGradient = Argument(code: DNNL_ARG_DIFF_BIAS)
    package static let scaleGradient = Argument(code: DNNL_ARG_DIFF_SCALE)
    package static let shiftGradient = Argument(code: DNNL_ARG_DIFF_SHIFT)
  }

  private let handle: OpaquePointer
  private let arguments: [dnnl_exec_arg_t]
  /// Keeps the tensors alive while their handles are in `arguments`.
  private let tensors: [Memory]
  private let operation: String
  /// Whether it copies a tensor into another layout, and does nothing else.
  package let changesLayout: Bool

  package init(_ descriptor: PrimitiveDescriptor, _ arguments: [(Argument, Memory)]) throws(OneDNNError) {
    (operation, changesLayout) = (descriptor.operation, descriptor.changesLayout)
    tensors = arguments.map(\.1)
    unsafe self.arguments = arguments.map { unsafe dnnl_exec_arg_t(arg: $0.0.code, memory: $0.1.handle) }
    unsafe handle = try OneDNNError.created("compile \(operation)") {
      unsafe dnnl_primitive_create(&$0, descriptor.handle)
    }
  }

  deinit { unsafe _ = dnnl_primitive_destroy(handle) }

  package func execute(on stream: Stream) throws(OneDNNError) {
    try unsafe OneDNNError.check(
      "run \(operation)", dnnl_primitive_execute(handle, stream.handle, Int32(arguments.count), arguments))
  }
}
