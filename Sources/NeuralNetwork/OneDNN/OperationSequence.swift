import OneDNN

/// One operation in several steps.
struct OperationSequence: Operation {
  let operations: [any Operation]

  var changesLayout: Bool { false }

  func execute(on stream: Stream) throws(OneDNNError) {
    for operation in operations { try operation.execute(on: stream) }
  }
}
