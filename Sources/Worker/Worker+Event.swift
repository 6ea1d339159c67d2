package import Parameters

extension Worker {
  /// What can happen to a worker.
  package enum Event {
    /// The coordinator says what to do in `generation`.
    case orders(generation: UInt64, WorkerOrders)
    case weights(server: Int, generation: UInt64, version: Int, Buffer<Scalar>)
    /// A compute thread has finished a `Task`.
    case computed(generation: UInt64, step: Int, microbatch: Int, Contribution<Scalar>)
    /// A compute thread has finished an `EvaluationTask`.
    case evaluated(generation: UInt64, version: Int, chunk: Int, Tally)
    case answer(server: Int, generation: UInt64, ServerAnswer)
    /// Nothing has come from a server for too long.
    case deadline
  }

  /// What a worker asks its shell to do.
  package enum Effect {
    case pull(server: Int, generation: UInt64, version: Int)
    /// Send the part of the sum that lies in the server's shard.
    case push(server: Int, Push)
    case compute(Task)
    case evaluate(EvaluationTask)
    /// Tell the coordinator the sum over the chunks below `node`.
    case evaluated(generation: UInt64, version: Int, node: ReductionTree.Node, tally: Tally)
    /// The run can't go on; the sentence says why.
    case fail(String)
  }

  /// One microbatch of one step: read `weights`, write the sum of the samples' gradients to `gradient`; and if
  /// `measuresSquares`, find `Contribution.squares`.
  package struct Task: Sendable {
    package let generation: UInt64
    package let step: Int
    package let microbatch: Int
    package let weights: Buffer<Scalar>
    package let gradient: Buffer<Scalar>
    package let measuresSquares: Bool
  }

  /// One chunk of the test images, to be evaluated with `weights` (running statistics included).
  package struct EvaluationTask: Sendable {
    package let generation: UInt64
    package let version: Int
    package let chunk: Int
    package let weights: Buffer<Scalar>
  }

  /// The sum at one of the tree's nodes, over the whole flat vector.
  package struct Push {
    package let generation: UInt64
    package let step: Int
    package let node: ReductionTree.Node
    package let sum: Contribution<Scalar>
  }
}
