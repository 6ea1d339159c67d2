package import Parameters
package import Records

/// The state of all servers that a checkpoint holds. Of its tensors, which stay on the disk, servers get the pieces that they ask for,
/// however many servers there are.
package struct StoredState: Sendable {
  package let version: Int
  /// Over the samples of the open logging window.
  package let tally: Tally
  /// Updates in the open logging window.
  package let steps: Int
  package let weightsSHA256: String
  private let layout: StateLayout
  private let windows: [UInt8]
  /// By part, where each tensor lies in the flat vector and in the files.
  private let tensors: [StatePart: [Tensor]]

  private struct Tensor: Sendable {
    let range: Range<Int>
    let file: StoredTensors
    let entry: SafeTensorsFile.Entry
  }

  /// - Throws: `RecordError` with `.content` that names the tensor that is missing or is not one of this run.
  package init(reading checkpoint: Checkpoint, of definition: RunDefinition) throws(RecordError) {
    layout = definition.stateLayout
    version = checkpoint.manifest.step
    (tally, steps) = (checkpoint.manifest.window.tally, checkpoint.manifest.window.steps)
    var tensors: [StatePart: [Tensor]] = [:]
    for stored in layout.files {
      func refuse(_ reason: String) -> RecordError {
        RecordError(.content, "Checkpoint \(checkpoint.path) does not fit this run: its \(stored.name) \(reason).")
      }
      guard let file = checkpoint.files[stored.name] else { throw refuse("is missing") }
      for tensor in stored.tensors {
        let wanted = tensor.heading
        guard let entry = file.entry(named: wanted.name) else { throw refuse("has no tensor \(wanted.name)") }
        guard entry.elementType == wanted.elementType, entry.extents == wanted.extents else {
          throw refuse(
            "has \(wanted.name) as \(entry.elementType.safeTensorsName) \(entry.extents); "
              + "\(wanted.elementType.safeTensorsName) \(wanted.extents) is accepted")
        }
        tensors[tensor.part, default: []].append(Tensor(range: tensor.range, file: file, entry: entry))
      }
    }
    self.tensors = tensors
    windows = try Self.bytes(
      of: tensors[.windows] ?? [], in: 0..<(layout.windowRanges.last?.upperBound ?? 0),
      size: MemoryLayout<Double>.stride)
    weightsSHA256 = try checkpoint.files[StateLayout.weightsFile]?.weightsSHA256() ?? ""
    guard weightsSHA256 == checkpoint.manifest.weightsSHA256 else {
      throw RecordError(
        .content, "Checkpoint \(checkpoint.path) contradicts itself: its weights do not have the hash it names.")
    }
  }

  /// The numbers of a server's windows, little-endian; empty if there is no such server.
  package func windows(of server: Int) -> [UInt8] {
    let size = MemoryLayout<Double>.stride
    return layout.range(of: .windows, for: server).map {
      Array(windows[$0.lowerBound * size..<$0.upperBound * size])
    } ?? []
  }

  /// A piece of a server's state, little-endian; `nil` if the server has no such piece, or none may be so large.
  ///
  /// - Throws: `RecordError` if it can't be read.
  package func bytes(of piece: StatePiece) throws(RecordError) -> [UInt8]? {
    guard piece.part != .windows, let held = layout.range(of: piece.part, for: piece.server),
      piece.range.clamped(to: held) == piece.range, piece.range.count <= StatePiece.most
    else { return nil }
    return try Self.bytes(of: tensors[piece.part] ?? [], in: piece.range, size: layout.elementType.byteCount)
  }

  /// 0 where no tensor lies.
  private static func bytes(of tensors: [Tensor], in range: Range<Int>, size: Int) throws(RecordError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count * size)
    for tensor in tensors where tensor.range.overlaps(range) {
      let held = tensor.range.clamped(to: range)
      func place(in whole: Range<Int>) -> Range<Int> {
        (held.lowerBound - whole.lowerBound) * size..<(held.upperBound - whole.lowerBound) * size
      }
      bytes.replaceSubrange(
        place(in: range), with: try tensor.file.bytes(of: tensor.entry, in: place(in: tensor.range)))
    }
    return bytes
  }
}
