package import Parameters

/// The state of all servers of a run between two steps, put together from their parts; it can be cut for any number of
/// servers.
package struct RunState: Sendable {
  /// Updates applied to the weights.
  package let version: Int
  /// Over the samples of the open logging window.
  package private(set) var tally = Tally()
  /// Updates in the open logging window.
  package private(set) var steps = 0

  let definition: RunDefinition
  let layout: StateLayout
  /// Of the whole network, as `layout` has it; states are 0 where a rule has none.
  var content: [UInt8]
  private var inserted: [Set<StatePart>]

  /// Nothing yet of any server.
  package init(_ definition: RunDefinition, version: Int) {
    self.version = version
    self.definition = definition
    layout = definition.stateLayout
    content = [UInt8](repeating: 0, count: layout.byteCount)
    inserted = Array(repeating: [], count: layout.shards.count)
  }

  /// What every server's state consists of.
  package var parts: [StatePart] { layout.parts }

  /// Takes in one part of a server's state, little-endian; the same part again takes the place of the first.
  ///
  /// - Returns: `false`, and nothing changes, if there is no such server or part, or its size is another.
  package mutating func insert(_ bytes: [UInt8], part: StatePart, of server: Int) -> Bool {
    guard let range = layout.bytes(of: part, for: server), range.count == bytes.count else { return false }
    content.replaceSubrange(range, with: bytes)
    inserted[server].insert(part)
    return true
  }

  /// Takes in what all servers' windows have in common.
  package mutating func note(tally: Tally, steps: Int) { (self.tally, self.steps) = (tally, steps) }

  /// Whether all parts of all servers are there.
  package var isComplete: Bool { inserted.allSatisfy { $0.count == parts.count } }

  /// Whether all parts of server `server` are there.
  package func isComplete(of server: Int) -> Bool {
    inserted.indices.contains(server) && inserted[server].count == parts.count
  }

  /// One part of the state of server `server`, little-endian; empty if there is no such part or server.
  package func bytes(of part: StatePart, for server: Int) -> [UInt8] {
    layout.bytes(of: part, for: server).map { Array(content[$0]) } ?? []
  }

  /// Says that the whole content is there.
  mutating func complete() { inserted = Array(repeating: Set(parts), count: inserted.count) }
}
