package import Datasets
import OpenSSL
package import Parameters
package import Records
import Specification

/// The states that all servers hand over at one version, as they arrive piece by piece: which pieces to ask for, and what comes next
/// in the checkpoint's files. What has been passed on is not kept, so however large the states are, they take little memory here.
package final class StateCollection {
  package let version: Int
  private let definition: RunDefinition
  private let route: StateRoute
  private let elementSize: Int
  private let places: [StatePiece: Int]
  private var windows: [Int: [UInt8]] = [:]
  private var (tally, steps) = (Tally(), 0)
  /// Of pieces: how many have been asked for, which of them have arrived and are needed still, and how often.
  private var asked = 0
  private var arrived: [Int: [UInt8]] = [:]
  private var isIn: [Bool]
  private var uses: [Int]
  /// For each server, the pieces that have not arrived.
  private var missing: [Int]
  private var nextRegion = 0
  /// Bytes that were asked for and are not written, and those of them that were passed on.
  private var (pending, passed) = (0, 0)
  private var hash = SHA256()

  /// Bytes that are on their way at one time, unless what comes next in the files is beyond them.
  static let most = 8 << 20

  /// Nothing yet of any server.
  package init(_ definition: RunDefinition, version: Int) {
    self.definition = definition
    self.version = version
    route = definition.stateRoute
    elementSize = definition.stateLayout.elementType.byteCount
    places = Dictionary(uniqueKeysWithValues: route.pieces.enumerated().map { ($1, $0) })
    isIn = Array(repeating: false, count: route.pieces.count)
    uses = route.uses.map(\.regions)
    missing = Array(repeating: 0, count: definition.stateLayout.shards.count)
    for piece in route.pieces { missing[piece.server] += 1 }
  }

  /// Takes in the numbers of a server's windows, little-endian, and what all servers' windows have in common. With that a server
  /// offers its state; once more, it may have missed what it was asked for.
  ///
  /// - Returns: what it has to be asked for again; `nil`, and nothing changes, if there is no such server or the size is another.
  package func offer(_ windows: [UInt8], tally: Tally, steps: Int, by server: Int) -> [StatePiece]? {
    guard let range = definition.stateLayout.range(of: .windows, for: server),
      range.count * MemoryLayout<Double>.stride == windows.count
    else { return nil }
    defer { self.windows[server] = windows }
    (self.tally, self.steps) = (tally, steps)
    guard self.windows[server] != nil else { return [] }
    return (0..<asked).filter { !isIn[$0] && route.pieces[$0].server == server }.map { route.pieces[$0] }
  }

  /// The pieces to ask for now; each comes once.
  package func wanted() -> [StatePiece] {
    var wanted: [StatePiece] = []
    while asked < route.pieces.count {
      let piece = route.pieces[asked]
      // What is here may wait for it.
      let isAwaited = passed == 0 && nextRegion < route.regions.count && route.regions[nextRegion].piece == asked
      guard windows[piece.server] != nil, isAwaited || pending + byteCount(of: piece) <= Self.most else { break }
      pending += byteCount(of: piece)
      asked += 1
      wanted.append(piece)
    }
    return wanted
  }

  /// Takes in a piece, little-endian.
  ///
  /// - Returns: what comes next in the files; `nil`, and nothing changes, for a piece that is there or that nobody asked for.
  package func insert(_ bytes: [UInt8], as piece: StatePiece) -> [ArraySlice<UInt8>]? {
    guard let place = places[piece], place < asked, !isIn[place], bytes.count == byteCount(of: piece) else {
      return nil
    }
    isIn[place] = true
    arrived[place] = bytes
    missing[piece.server] -= 1
    var ready: [ArraySlice<UInt8>] = []
    while nextRegion < route.regions.count {
      let region = route.regions[nextRegion]
      guard let bytes = arrived[region.piece] else { break }
      ready.append(bytes[region.bytes])
      passed += region.bytes.count
      if nextRegion < route.weightRegions { hash.update(bytes[region.bytes]) }
      nextRegion += 1
      uses[region.piece] -= 1
      guard uses[region.piece] == 0 else { continue }
      arrived[region.piece] = nil
      // What no file has will not be written.
      pending -= bytes.count - route.uses[region.piece].bytes
    }
    return ready
  }

  /// So many bytes of those that were passed on have been written.
  package func wrote(_ count: Int) {
    pending -= count
    passed -= count
  }

  /// Whether everything of server `server` is there.
  package func isComplete(of server: Int) -> Bool { windows[server] != nil && missing[server] == 0 }

  /// What belongs to the checkpoint beside the bytes that were passed on; `nil` if something is missing.
  package var collected: CollectedState? {
    guard missing.indices.allSatisfy({ isComplete(of: $0) }) else { return nil }
    return CollectedState(
      definition, version: version, tally: tally, steps: steps, weightsSHA256: hash.digestSoFar().hexadecimal,
      windows: missing.indices.flatMap { windows[$0] ?? [] })
  }

  private func byteCount(of piece: StatePiece) -> Int { piece.range.count * elementSize }
}

/// The states of all servers at one version, but for the tensors that have gone to the checkpoint's files already.
package struct CollectedState: Sendable {
  package let version: Int
  /// Over the samples of the open logging window.
  package let tally: Tally
  /// Updates in the open logging window.
  package let steps: Int
  /// As `WeightsHash` makes it.
  package let weightsSHA256: String
  private let definition: RunDefinition
  /// Of all servers, one behind the other.
  private let windows: [UInt8]

  fileprivate init(
    _ definition: RunDefinition, version: Int, tally: Tally, steps: Int, weightsSHA256: String, windows: [UInt8]
  ) {
    self.definition = definition
    self.version = version
    self.tally = tally
    self.steps = steps
    self.weightsSHA256 = weightsSHA256
    self.windows = windows
  }

  /// The manifest of this state's checkpoint, without what only the store knows.
  package func manifest(
    generation: UInt64, metricsCursor: Int, tensorBoardCursor: Int? = nil, ratesSteps: Int = 0,
    evaluations: [CheckpointManifest.Evaluation] = [], events: [CheckpointManifest.Event] = []
  ) -> CheckpointManifest {
    CheckpointManifest(
      step: version, generation: generation, specHash: definition.specHash, steps: definition.steps,
      batch: definition.spec.samplesPerStep, elementType: definition.stateLayout.elementType,
      servers: definition.stateLayout.shards.count,
      weightsSHA256: weightsSHA256, metricsCursor: metricsCursor, tensorBoardCursor: tensorBoardCursor,
      ratesSteps: ratesSteps, evaluations: evaluations,
      window: .init(tally, steps: steps), events: events)
  }

  /// Makes a checkpoint of the draft, which has all bytes of `StateCollection`. Tensors are whole and have names:
  /// `weights.safetensors` as the run's last weights are stored, `optimizer.safetensors` with `<parameter>.<state tensor>`, and
  /// `metrics.safetensors` with the open window's numbers, float64 [groups, numbers] a logged parameter.
  ///
  /// - Parameters:
  ///   - rates: of all steps so far, stored in `rates.safetensors`, if the run records them.
  ///   - path: of a file that keeps the weights, whatever becomes of the checkpoint.
  ///   - others: as in `CheckpointDraft.commit`.
  package func commit(
    _ draft: CheckpointDraft, _ manifest: CheckpointManifest, rates: RateRecord? = nil,
    keepingWeightsAt path: String? = nil, relyingOn others: [String] = []
  ) throws {
    let metadata = definition.checkpointMetadata(version: version)
    let links = path.map { [StateLayout.weightsFile: $0] } ?? [:]
    let size = MemoryLayout<Double>.stride
    try unsafe windows.withUnsafeBytes { bytes in
      var files = definition.stateLayout.files.suffix(1).map { file in
        let tensors = file.tensors.map { tensor in
          let range = tensor.range.lowerBound * size..<tensor.range.upperBound * size
          return unsafe NamedTensor(
            tensor.heading.name, tensor.heading.elementType, tensor.heading.extents,
            bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        return (name: file.name, tensors: tensors, metadata: metadata)
      }
      guard let rates else { return try draft.commit(manifest, adding: files, linking: links, relyingOn: others) }
      try rates.withTensors { tensors in
        files.append((RateRecord.fileName, tensors, metadata))
        try draft.commit(manifest, adding: files, linking: links, relyingOn: others)
      }
    }
  }
}

extension RunDefinition {
  /// The files whose bytes `StateCollection` passes on, in this order.
  ///
  /// - Parameter standardization: of the images, for whoever uses the weights elsewhere.
  package func collectedFiles(version: Int, standardization: Standardization? = nil) -> [CheckpointDraft.File] {
    stateLayout.files.dropLast().map { file in
      var metadata = checkpointMetadata(version: version)
      if file.name == Self.weightsFile, let standardization {
        metadata["inputMean"] = "\(standardization.mean)"
        metadata["inputDeviation"] = "\(standardization.deviation)"
      }
      return CheckpointDraft.File(file.name, file.tensors.map(\.heading), metadata: metadata)
    }
  }

  /// The file that keeps the parameters and running statistics.
  package static var weightsFile: String { StateLayout.weightsFile }

  fileprivate func checkpointMetadata(version: Int) -> [String: String] {
    ["format": "pt", "step": "\(version)", "specHash": specHash]
  }
}
