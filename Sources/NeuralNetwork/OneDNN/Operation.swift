import OneDNN

/// A step of a compiled network: a primitive of the library, or what it has none for.
protocol Operation {
  /// Whether it copies a tensor into another layout, and does nothing else.
  var changesLayout: Bool { get }

  func execute(on stream: Stream) throws(OneDNNError)
}

extension Primitive: Operation {}
