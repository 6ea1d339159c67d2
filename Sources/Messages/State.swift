package import Parameters

/// Server → coordinator: requests the state of `version`, with which the envelope's generation begins.
package struct Fetch: Hashable, Sendable {
  package var version: Int

  package init(version: Int) { self.version = version }
}

/// One part of the state of a server's shard, in the payload: sent to the coordinator when orders collect it, and to a
/// server that fetches it.
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
