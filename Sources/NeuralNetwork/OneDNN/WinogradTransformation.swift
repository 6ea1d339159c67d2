import CKernels
import OneDNN
import Parameters

/// What comes before and after the products of matrices.
struct WinogradTransformation: Operation {
  enum Kind {
    /// Of images in blocks of channels, from `first` on, into matrices.
    case source(tare_images, first: Int)
    case slope(tare_images, first: Int)
    /// Of matrices into images.
    case destination(tare_images, first: Int)
    /// Of filters in plain order into matrices.
    case weights(tare_filters, flipped: Bool)
    /// Of matrices into filters.
    case weightsGradient(tare_filters)
  }

  let kind: Kind
  let source: Memory
  let target: Memory

  init(_ kind: Kind, _ source: Memory, into target: Memory) {
    (self.kind, self.source, self.target) = (kind, source, target)
  }

  var changesLayout: Bool { false }

  func execute(on stream: Stream) {
    let isa = InstructionSet.current.number
    let (from, to) = unsafe (source.boundFloats, target.boundFloats)
    switch kind {
    case .source(var images, let first):
      unsafe tare_winograd_source(isa, &images, from + first * images.sampleCount, to)
    case .slope(var images, let first):
      unsafe tare_winograd_slope(isa, &images, from + first * images.sampleCount, to)
    case .destination(var images, let first):
      unsafe tare_winograd_destination(isa, &images, from, to + first * images.sampleCount)
    case .weights(var filters, let flipped): unsafe tare_winograd_weights(isa, &filters, flipped ? 1 : 0, from, to)
    case .weightsGradient(var filters): unsafe tare_winograd_weights_gradient(isa, &filters, from, to)
    }
  }
}

extension tare_images {
  fileprivate var sampleCount: Int { channels * height * width }
}
