package import Parameters

/// How a saved tensor is added to one of other extents: every `stride`-th row and column, and zeros for the missing channels
/// (option A of He et al. 2015, arXiv:1512.03385, section 4.2). It has no parameters.
package struct Shortcut: Hashable {
  let from: ImageShape
  let to: ImageShape

  package init(from: ImageShape, to: ImageShape) { (self.from, self.to) = (from, to) }

  /// 1 for equal extents.
  package var stride: Int { (from.height + to.height - 1) / to.height }

  /// Whether the extents go together.
  var isPossible: Bool {
    from.channels <= to.channels && (from.height + stride - 1) / stride == to.height
      && (from.width + stride - 1) / stride == to.width
  }
}
