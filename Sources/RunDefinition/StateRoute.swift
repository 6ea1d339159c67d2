package import Parameters
import Records

/// A part of a server's state that travels in one message.
package struct StatePiece: Hashable, Sendable {
  package let server: Int
  package let part: StatePart
  /// Of the flat vector.
  package let range: Range<Int>

  package init(server: Int, part: StatePart, range: Range<Int>) {
    (self.server, self.part, self.range) = (server, part, range)
  }

  /// Elements of the largest.
  package static let most = 1 << 18
  /// Tensors of at most so many elements share a piece with their neighbors.
  static let least = 1 << 16

  /// Cuts the range of a shard.
  ///
  /// - Parameter tensors: of the network, in order.
  static func cut(_ shard: Range<Int>, of tensors: [Range<Int>]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = shard.lowerBound
    for tensor in tensors.map({ $0.clamped(to: shard) }) where !tensor.isEmpty {
      if tensor.upperBound - start <= least { continue }
      if start < tensor.lowerBound { pieces.append(start..<tensor.lowerBound) }
      start = tensor.lowerBound
      guard tensor.count > least else { continue }
      for piece in stride(from: start, to: tensor.upperBound, by: most) {
        pieces.append(piece..<min(piece + most, tensor.upperBound))
      }
      start = tensor.upperBound
    }
    if start < shard.upperBound { pieces.append(start..<shard.upperBound) }
    return pieces
  }
}

/// The way of the servers' weights and optimizer states into a checkpoint's files, which are written from their beginning to
/// their end: in which order pieces are needed, and which bytes of which come next.
struct StateRoute: Sendable {
  /// Bytes of a piece that lie one behind the other in a file.
  struct Region: Sendable {
    let piece: Int
    let bytes: Range<Int>
  }

  /// In the order in which they are needed first.
  let pieces: [StatePiece]
  let regions: [Region]
  /// How many of the regions belong to the file of the weights.
  let weightRegions: Int
  /// For each piece, the regions in it, and their bytes.
  let uses: [(regions: Int, bytes: Int)]

  init(_ layout: StateLayout) {
    let size = layout.elementType.byteCount
    let tensors = layout.layout.parameters.indices.map { layout.layout.range(of: $0) }
    let cuts = layout.shards.enumerated().flatMap { server, shard in
      StatePiece.cut(shard, of: tensors).map { (server: server, range: $0) }
    }
    var pieces: [StatePiece] = []
    var places: [StatePiece: Int] = [:]
    var regions: [Region] = []
    var weightRegions = 0
    for file in layout.files {
      for tensor in file.tensors where tensor.part != .windows {
        for cut in cuts where cut.range.overlaps(tensor.range) {
          let piece = StatePiece(server: cut.server, part: tensor.part, range: cut.range)
          if places[piece] == nil {
            places[piece] = pieces.count
            pieces.append(piece)
          }
          let held = cut.range.clamped(to: tensor.range)
          let start = (held.lowerBound - cut.range.lowerBound) * size
          regions.append(Region(piece: places[piece] ?? 0, bytes: start..<start + held.count * size))
        }
      }
      if file.name == StateLayout.weightsFile { weightRegions = regions.count }
    }
    (self.pieces, self.regions, self.weightRegions) = (pieces, regions, weightRegions)
    uses = regions.reduce(into: Array(repeating: (regions: 0, bytes: 0), count: pieces.count)) { uses, region in
      uses[region.piece].regions += 1
      uses[region.piece].bytes += region.bytes.count
    }
  }
}
