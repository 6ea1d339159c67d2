package import Parameters

/// Requests a piece of the state of `version` of the envelope's generation. A server asks the coordinator for the state with which
/// the generation begins; the coordinator asks a server for the state that it offers.
package struct Fetch: Hashable, Sendable {
  package var version: Int
  package var part: StatePart
  /// Of the flat vector; empty for the windows, which travel whole.
  package var range: Range<Int>

  package init(version: Int, part: StatePart = .windows, range: Range<Int> = 0..<0) {
    self.version = version
    self.part = part
    self.range = range
  }
}

/// A piece of the state of a server's shard, in the payload: what a `Fetch` asked for, and the windows when orders collect the
/// state, which offers the rest.
package struct State: Hashable, Sendable {
  package var version: Int
  package var part: StatePart
  package var tensor: TensorHeader
  /// Of the open logging window.
  package var tally: Tally
  /// Updates in the open logging window.
  package var steps: Int

  package init(version: Int, part: StatePart, tensor: TensorHeader, tally: Tally, steps: Int) {
    self.version = version
    self.part = part
    self.tensor = tensor
    self.tally = tally
    self.steps = steps
  }
}
