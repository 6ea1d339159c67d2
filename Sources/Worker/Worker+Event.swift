package import Parameters

extension Worker {
  /// An input of the worker's state machine.
  package enum Event {
    /// The coordinator's orders in `generation`.
    case orders(generation: UInt64, WorkerOrders)
    /// The coordinator has handed out microbatches, in an asynchronous run.
    case granted(generation: UInt64, MicrobatchGrant)
    /// In full, or packed as the wire's format says.
    case weights(segment: Int, generation: UInt64, version: Int, Buffer<Scalar>, isPacked: Bool = false)
    /// A compute thread has the segment's gradient of a `Task`.
    case computed(generation: UInt64, step: Int, microbatch: Int, segment: Int = 0, Contribution<Scalar>)
    /// A compute thread has finished an `EvaluationTask`.
    case evaluated(generation: UInt64, version: Int, chunk: Int, Tally)
    case answer(server: Int, generation: UInt64, ServerAnswer)
    /// No message from a server, or from the coordinator with microbatches, has arrived for too long.
    case deadline
  }

  /// An action that the worker requests from its caller.
  package enum Effect {
    /// `base` is the version that the worker holds, if it can take differences from it. In an asynchronous run, any version from
    /// `version` on will do.
    case pull(segment: Int, generation: UInt64, version: Int, base: Int? = nil)
    /// Send the sum to the segment's server.
    case push(segment: Int, Push)
    /// Tell the coordinator which microbatches are done, in an asynchronous run.
    case request(generation: UInt64, MicrobatchRequest)
    case compute(Task)
    case evaluate(EvaluationTask)
    /// Send the sum over the chunks below `node` to the coordinator.
    case evaluated(generation: UInt64, version: Int, node: ReductionTree.Node, tally: Tally)
    /// The run cannot continue, for the reason in the sentence.
    case fail(String)
  }

  /// One microbatch of one step: read `weights`, write the sum of the samples' gradients to `gradient`, both flat vectors;
  /// and if `measuresSquares`, compute `Contribution.squares` of each segment.
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

  /// The sum at one of the tree's nodes, over one segment, packed if the wire's format is lossy.
  package struct Push {
    package let generation: UInt64
    package let step: Int
    package let node: ReductionTree.Node
    package let sum: Contribution<Scalar>
  }
}
