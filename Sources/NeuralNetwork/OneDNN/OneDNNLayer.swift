import OneDNN

/// One layer of a compiled network. Its initializer adds the forward primitives to the program.
protocol OneDNNLayer {
  /// Owned by the layer that reads it.
  var output: Memory { get }

  /// Adds the backward primitives.
  ///
  /// - Parameters:
  ///   - slope: the gradient with respect to `output`; ownership is transferred.
  ///   - wantsInput: whether anything below needs the gradient with respect to the input.
  /// - Returns: the gradient with respect to the input, if needed.
  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory?
}
