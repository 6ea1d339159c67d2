package import Parameters

/// Everything a run is told: what to train, how, and on what processes.
///
/// The weights of a synchronous run are a function of `identity`, the part outside `execution` and `dataset.path`.
/// Fields left `nil` are filled by `resolved`; `validate()` says what is wrong with a spec, one thing at a time.
/// Each field has one row in `SpecField.all`, which plans, flags, JSON and help are made from.
package struct RunSpec: Hashable, Sendable {
  package var dataset = DatasetSpec()
  package var network = NetworkSpec()
  package var normalization = Normalization.batch  // without it no layer has an effective rate to look at
  /// Channel groups of each hidden layer, which they divide; `nil`: 8 for group norm, the only one that takes it.
  package var normalizationGroups: Int?
  /// Added to the variance under the root; `nil`: 1e-5 where there is a variance.
  package var normalizationEpsilon: Double?
  /// The control experiment: a bias before layer, group or weight norm ends the scale-invariance of the weights.
  package var biasBeforeNormalization = false
  package var initScale = 1.0  // × He normal
  /// Root mean square that each filter's weights start with, whatever was drawn for them; `nil`: as drawn.
  package var initRMS: Double?
  /// A file of weights to begin with; `nil`: they are drawn.
  package var initialWeights: String?
  /// ε of the training targets; `nil`: 0.
  package var labelSmoothing: Double?

  package var optimizer = OptimizerSpec()
  /// λ of the penalty λ‖w‖²; `nil`: the rule's default, or 0 when only `weightDecay` is given.
  package var l2: Double?
  /// Decoupled: w ← w − η·weightDecay·w; `nil`: the rule's default, or 0 when only `l2` is given.
  package var weightDecay: Double?
  package var projection = Projection.none
  package var projectionRadius = 1.0  // ‖w‖ after each step and at the start
  package var projectionKeepsL2 = false  // true: the paper's literal step
  package var regularizeGammaBeta = false  // as in the paper's experiments
  package var groups = GroupsSpec()
  package var schedule = ScheduleSpec()
  /// Folder of a run that recorded its rates: every filter takes the effective rate that it had there, and η, `schedule`
  /// and penalties of that run have no other effect on this one.
  package var follow: String?

  package var batch = 128  // samples a step
  package var microbatch = 32  // samples; batch statistics belong to one microbatch
  package var steps: Int?
  /// Passes over the training images; `nil` with `steps` `nil`: `defaultEpochs`.
  package var epochs: Double?
  package var staleness = StalenessBound.versions(0)
  /// Microbatches of a batch that a step does without; `nil` for none.
  package var backup: Int?
  package var seed = 1  // any; 53 bits, so that every JSON reader keeps it exact

  package var precision = Precision.float
  package var wire = WireFormat.float32
  package var backend = Backend.auto
  package var isa = InstructionSet.auto

  package var execution = ExecutionSpec()

  /// A default run takes less than half a minute on two cores.
  package static let defaultEpochs = 4.0
  /// Far beyond any run, and far from overflow.
  package static let mostSteps = 1_000_000_000

  package init() {}

  /// Microbatches of one step: the leaves of its reduction tree.
  package var microbatchCount: Int { batch / microbatch }

  /// What is brought back to `projectionRadius` after a step: nothing, each filter, or each layer's whole tensor.
  package enum Projection: String, SpecChoice {
    case none, filter, layer
  }

  /// Element type of weights and gradients, and of what layers hand on to each other.
  package enum Precision: String, SpecChoice {
    case float, double
    /// float for weights, gradients, statistics and sums; bfloat16 between layers.
    case bfloat16

    package var elementType: ElementType { self == .double ? .float64 : .float32 }
  }

  /// Who computes forward and backward. `auto` is the reference for double, and oneDNN otherwise.
  package enum Backend: String, SpecChoice {
    case auto, onednn, reference
  }

  /// The vector instructions that the kernels use; `auto` takes the widest the machine has.
  package enum InstructionSet: String, SpecChoice {
    case auto, plain
    case v3 = "x86-64-v3"
    case v4 = "x86-64-v4"
  }
}

/// A field that takes one of a few names; the raw values are what people type.
package protocol SpecChoice: RawRepresentable<String>, CaseIterable, Hashable, Sendable, Codable {}
