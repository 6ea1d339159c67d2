/// Agent → pool: it is alive, follows these orders, and these processes have ended.
package struct HostReport: Hashable, Sendable {
  /// Of the orders.
  package var number: Int
  /// Those of the orders that have ended.
  package var ended: [Ending]

  package init(number: Int, ended: [Ending]) {
    self.number = number
    self.ended = ended
  }

  package struct Ending: Hashable, Sendable {
    package let id: Int
    /// For people: exit code or signal, and the last line on stderr.
    package let how: String

    package init(id: Int, how: String) {
      self.id = id
      self.how = how
    }
  }
}
