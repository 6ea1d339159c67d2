import OneDNN
import Parameters

/// A part of the backward pass after which the gradient is complete from some offset on.
struct BackwardPart {
  let operations: [any Operation]
  /// In the flat vector.
  let offset: Int

  /// Cuts a backward pass wherever it has completed the gradient of another parameter, or of a part that is stored by itself,
  /// from the last to the first.
  ///
  /// - Parameters:
  ///   - storing: how many operations have run when a gradient is stored, and where in the flat vector.
  ///   - parameters: where the gradient of each parameter begins.
  static func parts(
    of operations: [any Operation], storing: [(position: Int, offset: Int)], parameters: [Int]
  ) -> [BackwardPart] {
    var parts: [BackwardPart] = []
    let offsets = Set(parameters + storing.map(\.offset)).sorted()
    var (begun, missing) = (0, offsets.count)
    let stored = Dictionary(storing.map { ($0.offset, $0.position) }, uniquingKeysWith: max)
    while missing > 0 {
      // The next gradient from the end, and those that need no more of the pass: statistics are there before it.
      var position = begun
      if let needed = stored[offsets[missing - 1]] { position = max(begun, needed) }
      missing -= 1
      while missing > 0, (stored[offsets[missing - 1]] ?? 0) <= position { missing -= 1 }
      let end = missing == 0 ? operations.count : position
      parts.append(BackwardPart(operations: Array(operations[begun..<end]), offset: offsets[missing]))
      begun = end
    }
    return parts
  }
}
