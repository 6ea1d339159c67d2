/// What an agent says about its machine.
package struct HostFacts: Hashable, Sendable {
  /// How people call the machine.
  package var name: String
  /// Of the agent: distinguishes successive ones of one machine.
  package var incarnation: UInt64
  /// Compute threads that it offers.
  package var slots: Int
  /// Processors that it may use.
  package var cores: Int
  /// In bytes.
  package var memory: Int
  package var isa: String
  /// Of the program.
  package var version: String
  /// On the way to the pool.
  package var address: String

  package init(
    name: String, incarnation: UInt64, slots: Int, cores: Int, memory: Int, isa: String, version: String,
    address: String
  ) {
    self.name = name
    self.incarnation = incarnation
    self.slots = slots
    self.cores = cores
    self.memory = memory
    self.isa = isa
    self.version = version
    self.address = address
  }
}
