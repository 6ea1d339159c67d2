import Parameters
package import Records
import Specification

extension RunState {
  /// The manifest of this state's checkpoint, without what only the store knows.
  package func manifest(
    generation: UInt64, metricsCursor: Int, tensorBoardCursor: Int? = nil, ratesSteps: Int = 0,
    evaluations: [CheckpointManifest.Evaluation] = [], events: [CheckpointManifest.Event] = []
  ) -> CheckpointManifest {
    CheckpointManifest(
      step: version, generation: generation, specHash: definition.specHash, steps: definition.steps,
      batch: definition.spec.samplesPerStep, elementType: layout.elementType, servers: layout.shards.count,
      weightsSHA256: weightsSHA256, metricsCursor: metricsCursor, tensorBoardCursor: tensorBoardCursor,
      ratesSteps: ratesSteps, evaluations: evaluations,
      window: .init(tally, steps: steps), events: events)
  }

  /// As `WeightsHash` makes it.
  package var weightsSHA256: String {
    unsafe content.withUnsafeBytes { bytes in
      WeightsHash.sha256(of: layout.weights.map { unsafe $0.lent(bytes) })
    }
  }

  /// Stores the state, whole tensors by name: `weights.safetensors` as the run's last weights are stored,
  /// `optimizer.safetensors` with `<parameter>.<state tensor>`, and `metrics.safetensors` with the open window's numbers,
  /// float64 [groups, numbers] a logged parameter.
  ///
  /// - Precondition: the state is complete.
  package func write(_ manifest: CheckpointManifest, to store: CheckpointStore) throws {
    try write(manifest, rates: nil, to: store)
  }

  /// The same, with the effective rates of all steps so far in `rates.safetensors`, if the run records them.
  ///
  /// - Parameters:
  ///   - path: of a file that keeps the weights, whatever becomes of the checkpoint.
  ///   - others: as in `CheckpointStore.write`.
  package func write(
    _ manifest: CheckpointManifest, rates: RateRecord?, to store: CheckpointStore,
    keepingWeightsAt path: String? = nil, relyingOn others: [String] = []
  ) throws {
    precondition(isComplete, "all servers have handed over their states")
    try unsafe content.withUnsafeBytes { bytes in
      var files = layout.files.map { file in (file.name, file.tensors.map { unsafe $0.lent(bytes) }, metadata) }
      let links = path.map { [StateLayout.weightsFile: $0] } ?? [:]
      guard let rates else { return try store.write(manifest, files: files, linking: links, relyingOn: others) }
      try rates.withTensors { tensors in
        files.append((RateRecord.fileName, tensors, metadata))
        try store.write(manifest, files: files, linking: links, relyingOn: others)
      }
    }
  }

  /// Keeps the parameters and running statistics of a state at a place of their own, whatever becomes of its checkpoint.
  /// The file is durable once its folder is synchronized.
  package func keepWeights(at path: String, in store: CheckpointStore) throws {
    if try store.link(StateLayout.weightsFile, ofStep: version, to: path) { return }
    try unsafe content.withUnsafeBytes { bytes in
      try SafeTensors.write(layout.weights.map { unsafe $0.lent(bytes) }, metadata: metadata, to: path)
    }
  }

  private var metadata: [String: String] {
    ["format": "pt", "step": "\(version)", "specHash": definition.specHash]
  }

  /// The state that a checkpoint holds, to be cut for the servers of `definition`.
  ///
  /// - Throws: `RecordError` with `.content` that names the tensor that is missing or is not one of this run.
  package init(reading checkpoint: Checkpoint, of definition: RunDefinition) throws(RecordError) {
    self.init(definition, version: checkpoint.manifest.step)
    note(tally: checkpoint.manifest.window.tally, steps: checkpoint.manifest.window.steps)
    for (name, tensors) in layout.files {
      func refuse(_ reason: String) -> RecordError {
        RecordError(.content, "Checkpoint \(checkpoint.path) does not fit this run: its \(name) \(reason).")
      }
      guard let file = checkpoint.files[name] else { throw refuse("is missing") }
      for tensor in tensors {
        guard let entry = file.entry(named: tensor.name) else { throw refuse("has no tensor \(tensor.name)") }
        guard entry.elementType == tensor.elementType, entry.extents == tensor.extents else {
          throw refuse(
            "has \(tensor.name) as \(entry.elementType.safeTensorsName) \(entry.extents); "
              + "\(tensor.elementType.safeTensorsName) \(tensor.extents) is accepted")
        }
        content.replaceSubrange(tensor.bytes, with: file.bytes(of: entry))
      }
    }
    guard weightsSHA256 == checkpoint.manifest.weightsSHA256 else {
      throw RecordError(
        .content, "Checkpoint \(checkpoint.path) contradicts itself: its weights do not have the hash it names.")
    }
    complete()
  }
}

extension StateLayout.Tensor {
  /// - Parameter content: kept alive and unchanged while the tensor is used.
  fileprivate func lent(_ content: UnsafeRawBufferPointer) -> NamedTensor {
    unsafe NamedTensor(name, elementType, extents, bytes: UnsafeRawBufferPointer(rebasing: content[bytes]))
  }
}
