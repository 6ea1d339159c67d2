/// Whether a tensor can be scaled by α > 0 without changing the network's function, and why.
package enum ScaleVerdict: Hashable, Sendable {
  /// Each run of this many filters by its own α.
  case groups(ofFilters: Int, of: Int)
  /// Together with these tensors, all by one α.
  case jointly(with: [String])
  /// Its value changes nothing at all: batch normalization subtracts it.
  case dead
  /// Scaling it changes the function.
  case no(Reason)

  package enum Reason: Hashable, Sendable {
    /// The head's scores are the function.
    case head
    /// A nonlinearity or a constant comes before a normalization does, or none comes.
    case nothingRemovesIt

    package var words: String {
      switch self {
      case .head: "it scales the scores"
      case .nothingRemovesIt: "no normalization after it removes its scale"
      }
    }
  }

  package var isInvariant: Bool {
    if case .no = self { false } else { true }
  }

  /// In a table: "filter", "layer", "groups of 4 filters", "jointly with norm1.beta", "no effect", "no".
  package var words: String {
    switch self {
    case .groups(1, _): "filter"
    case .groups(let filters, let all) where filters == all: "layer"
    case .groups(let filters, _): "groups of \(filters) filters"
    case .jointly(let names): "jointly with \(names.joined(separator: ", "))"
    case .dead: "no effect"
    case .no: "no"
    }
  }
}
