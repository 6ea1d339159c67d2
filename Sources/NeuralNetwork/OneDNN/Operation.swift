import OneDNN

/// A step of a compiled network: a primitive of the library, or what it has none for.
protocol Operation {
  /// Whether it copies a tensor into another layout, and does nothing else.
  var changesLayout: Bool { get }

  func execute(on stream: Stream) throws(OneDNNError)
}

extension Primitive: Operation {}

/// One operation in several steps.
struct OperationSequence: Operation {
  let operations: [any Operation]

  var changesLayout: Bool { false }

  func execute(on stream: Stream) throws(OneDNNError) {
    for operation in operations { try operation.execute(on: stream) }
  }
}

/// For operations of Tare's own: a program runs after it has been committed.
extension Memory {
  var bound: UnsafeMutableRawPointer {
    guard let storage = unsafe storage else { preconditionFailure("the tensor is not bound") }
    return unsafe storage
  }

  var boundFloats: UnsafeMutablePointer<Float> { unsafe bound.assumingMemoryBound(to: Float.self) }
}
