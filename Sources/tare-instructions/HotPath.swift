/// A piece of work whose instructions are counted: how it is prepared, and what is then repeated.
struct HotPath: Sendable {
  let name: String
  /// Does what comes before the repetitions, and returns one repetition.
  let prepare: @Sendable () throws -> () throws -> Void

  init(_ name: String, _ prepare: @escaping @Sendable () throws -> () throws -> Void) {
    self.name = name
    self.prepare = prepare
  }

  static let all: [HotPath] = updates + sums + servers + messages + metrics + records + batches + runs
}

/// Keeps a result from being optimized away.
@inline(never) func consume<Value>(_ value: Value) {}
