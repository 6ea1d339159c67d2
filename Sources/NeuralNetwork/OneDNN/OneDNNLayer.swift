import OneDNN

/// One layer of a compiled network. Making it adds the forward primitives to the program.
protocol OneDNNLayer {
  /// Belongs to the layer that reads it.
  var output: Memory { get }

  /// Adds the backward primitives.
  ///
  /// - Parameters:
  ///   - slope: the gradient with respect to `output`, given away.
  ///   - wantsInput: whether anything below needs the gradient with respect to the input.
  /// - Returns: that gradient, if it is wanted.
  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory?
}
