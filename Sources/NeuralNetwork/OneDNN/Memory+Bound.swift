import OneDNN

/// For operations of Tare's own: a program runs after it has been committed.
extension Memory {
  var bound: UnsafeMutableRawPointer {
    guard let storage = unsafe storage else { preconditionFailure("the tensor is not bound") }
    return unsafe storage
  }

  var boundFloats: UnsafeMutablePointer<Float> { unsafe bound.assumingMemoryBound(to: Float.self) }
}
