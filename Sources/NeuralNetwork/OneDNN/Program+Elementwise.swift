import OneDNN

extension Program {
  /// Adds a combination of two tensors in the layout of `a`; the caller keeps ownership of both.
  ///
  /// - Parameter b: in the layout of `a`, or with extent 1 where its element applies to all.
  /// - Returns: the destination.
  func appendCombination(
    _ kind: Combination.Kind, of a: Memory, and b: Memory
  ) throws(OneDNNError) -> Memory {
    let descriptor = try Combination(kind, a.descriptor, b.descriptor, on: engine).forward()
    let result = try plan.take(a.descriptor)
    try append(descriptor, [(.source, a), (.second, b), (.destination, result)])
    return result
  }

  /// Adds the mean of each row of a matrix; the caller keeps ownership of it.
  ///
  /// - Returns: the means, as `column` describes them.
  func appendMean(of matrix: Memory, as column: TensorDescriptor) throws(OneDNNError) -> Memory {
    let result = try plan.take(column)
    try append(
      RowMean(matrix.descriptor, into: column, on: engine).forward(), [(.source, matrix), (.destination, result)])
    return result
  }
}
