import Optimization
import Parameters

extension RunSpec {
  /// Throws the first thing that is wrong: each field by itself, then fields that contradict each other.
  package func validate() throws(SpecError) {
    for field in SpecField.all { try field.check(self) }
    try checkDataset()
    try checkNetwork()
    try checkNormalization()
    try checkProjection()
    try checkInvariance()
    try checkOptimizer()
    try checkPenalty()
    try checkSchedule()
    try checkFollowing()
    try checkLength()
    try checkAsynchrony()
    try checkCompute()
    try checkPrecision()
    try checkProcesses()
  }

  /// What is allowed but probably not meant; to be printed with the spec.
  package var warnings: [String] {
    var warnings: [String] = []
    if projection == .layer, network.layers == nil, normalization.actsOnFilters {
      warnings.append(
        "projection layer fixes one norm per layer, but \(normalization.rawValue) normalization makes each filter "
          + "scale-invariant by itself: the effective rate of a filter still drifts; projection filter fixes it.")
    }
    if decaysNothing {
      warnings.append(
        "η · weightDecay is so small that 1 − η · weightDecay is 1 in precision float: weights do not decay; precision "
          + "double decays them.")
    }
    return warnings
  }

  private func checkDataset() throws(SpecError) {
    let name = dataset.name.rawValue
    if dataset.name.isEmbedded {
      guard dataset.path == nil, dataset.train.isEmpty, dataset.test.isEmpty else {
        throw SpecError(
          field: "dataset.path",
          "dataset.path, dataset.train or dataset.test is given, but dataset \"\(name)\" is drawn by the program and "
            + "has no files; leave them out, or name another data set.")
      }
    } else if dataset.path == nil {
      throw SpecError(
        field: "dataset.path",
        "dataset.path is missing; accepted: the folder that holds the files of dataset \"\(name)\".",
        suggestion: .giveField)
    }
  }

  private func checkSchedule() throws(SpecError) {
    let name = schedule.name
    if name == .step, schedule.every == nil {
      throw SpecError(
        field: "schedule.every", "schedule.every is missing; accepted with schedule step: a whole number of steps.")
    }
    let strangers: [(path: String, isGiven: Bool, owner: ScheduleSpec.Name)] = [
      ("schedule.every", schedule.every != nil, .step), ("schedule.factor", schedule.factor != nil, .step),
      ("schedule.changes", schedule.changes != nil, .step), ("schedule.final", schedule.final != nil, .cosine),
    ]
    for (path, isGiven, owner) in strangers where isGiven && name != owner {
      throw SpecError(
        field: path,
        "\(path) is given, but schedule is \"\(name.rawValue)\"; leave it out, or use schedule \(owner.rawValue).")
    }
  }

  private func checkFollowing() throws(SpecError) {
    if execution.recordRates, execution.metricsEvery != 1 {
      throw SpecError(
        field: "execution.recordRates",
        "execution.recordRates is true, but metrics are recorded every \(execution.metricsEvery) steps; accepted: false, or "
          + "execution.metricsEvery 1.")
    }
    if initRMS != nil, initScale != 1 {
      throw SpecError(
        field: "initRMS", "initRMS and initScale are both given, and the first overrides the second; leave one out.")
    }
    guard let follow else { return }
    if execution.recordRates {
      throw SpecError(
        field: "execution.recordRates",
        "execution.recordRates is true, but a run that follows another has no rates of its own; accepted: false, or no "
          + "follow.")
    }
    if network.layers == nil && normalization != .batch || projection != .none {
      throw SpecError(
        field: "follow",
        "follow is \"\(follow)\", but rates can be followed by unprojected weights before batch norm only; leave it out, or "
          + "use normalization batch and projection none.")
    }
  }

  private func checkLength() throws(SpecError) {
    guard steps == nil || epochs == nil else { throw lengthGivenTwice }
    guard batch % microbatch == 0 else {
      let below = batch / microbatch * microbatch
      let near = below == 0 ? "\(microbatch)" : "\(below) or \(below + microbatch)"
      throw SpecError(
        field: "batch",
        "batch is \(batch), which is no multiple of microbatch \(microbatch); accepted: a multiple, such as \(near).")
    }
    if dataset.limit > 0 { _ = try stepCount(trainingImages: dataset.limit) }
  }

  private func checkCompute() throws(SpecError) {
    guard precision != .double || backend != .onednn else {
      throw SpecError(
        field: "backend",
        "backend is \"onednn\", which has no double precision; accepted with precision double: auto, reference.")
    }
    guard precision != .double || !wire.isLossy else {
      throw SpecError(
        field: "wire",
        "wire is \"\(wire.rawValue)\", which double precision does not have; accepted with precision double: float32, "
          + "which leaves numbers as computed.")
    }
  }
}
