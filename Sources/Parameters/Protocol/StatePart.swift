/// The parts of a server's state; each is sent in a message of its own.
package enum StatePart: Hashable, Sendable {
  case weights
  /// The open logging window's numbers, doubles.
  case windows
  /// The k-th tensor of the optimizer state.
  case optimizerState(Int)

  /// The index on the wire: 0, 1, and 2 + k.
  package var index: Int {
    switch self {
    case .weights: 0
    case .windows: 1
    case .optimizerState(let k): 2 + k
    }
  }

  package init?(index: Int) {
    switch index {
    case 0: self = .weights
    case 1: self = .windows
    case 2...: self = .optimizerState(index - 2)
    default: return nil
    }
  }
}
