import Optimization
package import Parameters

/// Rate and penalty in force for one parameter group.
package struct GroupHyperparameters: Hashable, Sendable {
  package let learningRate: Double  // η, before the schedule
  package let l2: Double  // λ, coupled
  package let weightDecay: Double  // decoupled
  package let epsilon: Double?  // of the optimizer, if it has one
}

extension RunSpec {
  /// The same run with nothing left to defaults: what is recorded and what the identity is made of.
  package var resolved: RunSpec {
    var spec = self
    let constants = optimizer.constants
    for constant in RuleConstant.allCases {
      spec.optimizer[constant] = optimizer[constant] ?? constants.parameters[constant]
    }
    let settings = normalizationSettings
    if normalization.takesGroups { spec.normalizationGroups = settings.groups }
    if normalization.takesEpsilon { spec.normalizationEpsilon = settings.epsilon }
    if network.layers != nil { spec.network.preset = .custom }
    if steps == nil { spec.epochs = epochs ?? Self.defaultEpochs }
    if schedule.name == .step { spec.schedule.factor = schedule.factor ?? ScheduleSpec.defaultFactor }
    if schedule.name == .cosine { spec.schedule.final = schedule.final ?? ScheduleSpec.defaultFinal }
    if backend == .auto { spec.backend = precision == .double ? .reference : .onednn }
    spec.groups.weights = groupInForce(.weights, groups.weights)
    spec.groups.gammaBeta = groupInForce(.gammaBeta, groups.gammaBeta)
    spec.groups.head = groupInForce(.head, groups.head)
    // What groups.weights overrides has no effect: one truth, and one identity.
    spec.optimizer.learningRate = learningRate > 0 ? learningRate : optimizer.name.defaults.learningRate
    if constants.parameters[.epsilon] != nil { spec.optimizer[.epsilon] = spec.groups.weights.epsilon }
    (spec.l2, spec.weightDecay) = (spec.groups.weights.l2, spec.groups.weights.weightDecay)
    // Machines are named to be used.
    if execution.hosts != nil, execution.launcher == .processes { spec.execution.launcher = .ssh }
    spec.execution.transport = spec.transportInForce
    return spec
  }

  /// Rate and penalty of a group; `nil` for running statistics, which are not trained.
  ///
  /// Each group trains at the optimizer's η. `l2` and `weightDecay` act on weights, on γ and β only with
  /// `regularizeGammaBeta`, never on the head; a group's own fields override all this. Projected weights lose their
  /// `l2` unless `projectionKeepsL2`.
  package func hyperparameters(of group: Parameter.Group) -> GroupHyperparameters? {
    let own: GroupSpec
    switch group {
    case .weights: own = groups.weights
    case .gammaBeta: own = groups.gammaBeta
    case .head: own = groups.head
    case .statistics: return nil
    }
    let isRegularized = group == .weights || group == .gammaBeta && regularizeGammaBeta
    let losesL2 = group == .weights && projection != .none && !projectionKeepsL2
    return GroupHyperparameters(
      learningRate: own.learningRate ?? optimizer.rate,
      l2: losesL2 ? 0 : own.l2 ?? (isRegularized ? penalty.l2 : 0),
      weightDecay: own.weightDecay ?? (isRegularized ? penalty.weightDecay : 0),
      epsilon: own.epsilon ?? optimizer.constants.parameters[.epsilon])
  }

  /// λ and the decoupled decay: the defaults when neither is given; who gives one means only that one.
  var penalty: (l2: Double, weightDecay: Double) {
    guard l2 == nil, weightDecay == nil else { return (l2 ?? 0, weightDecay ?? 0) }
    return (defaultL2, optimizer.name.defaults.weightDecay)
  }

  /// Steps of a run over `trainingImages` images: ⌊epochs · N / batch⌋ unless `steps` says so.
  ///
  /// - Throws: when that is less than one step.
  package func stepCount(trainingImages: Int) throws(SpecError) -> Int {
    if let steps { return steps }
    let epochs = epochs ?? Self.defaultEpochs
    let count = (epochs * Double(trainingImages) / Double(samplesPerStep)).rounded(.down)
    guard count >= 1, count <= Double(Self.mostSteps) else {
      throw SpecError(
        field: "epochs",
        "epochs is \(epochs), which over \(trainingImages) images in steps of \(samplesPerStep) makes \(count) steps; "
          + "accepted: what makes 1 to \(Self.mostSteps) steps.")
    }
    return Int(count)
  }

  private func groupInForce(_ group: Parameter.Group, _ own: GroupSpec) -> GroupSpec {
    guard let inForce = hyperparameters(of: group) else { return own }
    var spec = own
    spec.learningRate = inForce.learningRate
    spec.l2 = inForce.l2
    spec.weightDecay = inForce.weightDecay
    spec.epsilon = inForce.epsilon
    return spec
  }

  private var transportInForce: ExecutionSpec.Transport {
    guard execution.transport == .auto else { return execution.transport }
    switch execution.launcher {
    case .processes: return .ipc
    case .threads: return .inproc
    case .ssh, .slurm, .env: return .tcp
    case .none: return execution.listen.flatMap(ListenAddress.init)?.transport ?? .tcp
    }
  }
}
