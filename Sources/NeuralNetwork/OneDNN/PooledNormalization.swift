import CKernels
import OneDNN
import Parameters

/// The kernels for batch normalization, a ReLU or none, and a max pool, on activations in blocks of channels.
///
/// They compute what `ReferenceBatchNormalization`, `ReferenceReLU` and `ReferenceMaxPool` do one after the other. In bfloat16,
/// too, but for one thing: what several windows pass back to one pixel is added up in float32, and goes on without rounding.
struct PooledNormalization {
  /// Numbers of one layer, one for each channel.
  struct Channels {
    let gamma: Memory
    let beta: Memory
    /// Of the microbatch; in evaluation the running ones.
    var mean: Memory
    var variance: Memory
  }

  /// Of each window, what the forward pass leaves to the backward pass: the input that won, and its number in the window.
  struct Winners {
    let inputs: Memory
    let numbers: Memory
  }

  private let shape: tare_pooled

  /// `nil` for a layout or windows that the kernels do not take.
  ///
  /// - Parameters:
  ///   - input: bfloat16 or float32; in the latter case, if the output is bfloat16, it is rounded as it is read.
  ///   - element: of the output.
  init?(
    _ input: TensorDescriptor, handingOn element: TensorDescriptor.Element, epsilon: Double, rectifies: Bool,
    _ geometry: PoolGeometry
  ) {
    guard let block = input.channelBlock, block == 16 || block == 8 && element == .float32,
      geometry.window[0] <= Self.largestWindow
    else { return nil }
    shape = tare_pooled(
      samples: input.extents[0], channels: input.extents[1], height: input.extents[2], width: input.extents[3],
      block: block, is_bfloat16: element == .bfloat16 ? 1 : 0,
      has_float_input: input.element == .float32 ? 1 : 0, window: geometry.window[0],
      stride: geometry.stride[0], padding: geometry.padding[0], pooled_height: geometry.output.height,
      pooled_width: geometry.output.width, rectifies: rectifies ? 1 : 0, epsilon: epsilon)
  }

  /// A pixel's number in its window is a byte, and one of them means none.
  private static var largestWindow: Int { 15 }

  /// As many pixels as the pool leaves, in the layout of its input.
  func output(of element: TensorDescriptor.Element) throws(OneDNNError) -> TensorDescriptor {
    try TensorDescriptor(
      blocked: [shape.samples, shape.channels, shape.pooled_height, shape.pooled_width], by: shape.block, of: element)
  }

  struct Forward: Operation {
    let kernel: PooledNormalization
    let channels: Channels
    let source: Memory
    let destination: Memory
    /// In training; statistics are then written.
    let winners: Winners?

    var changesLayout: Bool { false }

    func execute(on stream: Stream) {
      unsafe withUnsafePointer(to: kernel.shape) { shape in
        unsafe channels.withNumbers { numbers in
          unsafe tare_pooled_normalization(
            InstructionSet.current.number, shape, numbers, source.bound, destination.bound, winners?.inputs.bound,
            winners?.numbers.bound.assumingMemoryBound(to: UInt8.self))
        }
      }
    }
  }

  struct Backward: Operation {
    let kernel: PooledNormalization
    let channels: Channels
    let source: Memory
    let winners: Winners
    let slope: Memory
    /// With respect to the source, if anything below needs it.
    let gradient: Memory?
    let gammaGradient: Memory
    let betaGradient: Memory

    var changesLayout: Bool { false }

    func execute(on stream: Stream) {
      unsafe withUnsafePointer(to: kernel.shape) { shape in
        unsafe channels.withNumbers { numbers in
          var tensors = unsafe tare_pooled_gradient(
            x: source.bound, dy: slope.bound, winning: winners.inputs.bound,
            winners: winners.numbers.bound.assumingMemoryBound(to: UInt8.self), dx: gradient?.bound,
            dgamma: gammaGradient.boundFloats, dbeta: betaGradient.boundFloats)
          unsafe tare_pooled_normalization_gradient(InstructionSet.current.number, shape, numbers, &tensors)
        }
      }
    }
  }
}

extension PooledNormalization.Channels {
  fileprivate func withNumbers(_ body: (UnsafePointer<tare_channels>) -> Void) {
    var numbers = unsafe tare_channels(
      gamma: gamma.boundFloats, beta: beta.boundFloats, mean: mean.boundFloats, variance: variance.boundFloats)
    unsafe body(&numbers)
  }
}
