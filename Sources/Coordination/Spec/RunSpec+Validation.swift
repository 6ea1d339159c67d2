import Parameters

extension RunSpec {
  /// Throws the first thing that is wrong: each field by itself, then fields that contradict each other.
  package func validate() throws(SpecError) {
    for field in SpecField.all { try field.check(self) }
    try checkDataset()
    try checkNormalization()
    try checkProjection()
    try checkRule()
    try checkPenalty()
    try checkSchedule()
    try checkLength()
    try checkCompute()
    try checkProcesses()
  }

  /// What is allowed but probably not meant; to be printed with the spec.
  package var warnings: [String] {
    guard projection == .layer, normalization.actsOnFilters else { return [] }
    return [
      "projection layer fixes one norm per layer, but \(normalization.rawValue) normalisation makes each filter "
        + "scale-invariant by itself: the effective rate of a filter still drifts; projection filter fixes it."
    ]
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
        "dataset.path (--data) is missing; accepted: the folder that holds the files of dataset \"\(name)\".")
    }
  }

  private func checkRule() throws(SpecError) {
    let has = rule.name.defaults
    try refuse("rule.momentum", rule.momentum, unless: has.momentum != nil, "heavy-ball or nesterov")
    try refuse("rule.beta1", rule.beta1, unless: has.beta1 != nil, "adam or adamw")
    try refuse("rule.beta2", rule.beta2, unless: has.beta2 != nil, "adam or adamw")
    try refuse("rule.epsilon", rule.epsilon, unless: has.epsilon != nil, "adam or adamw")
  }

  private func refuse(_ path: String, _ value: Double?, unless has: Bool, _ rules: String) throws(SpecError) {
    guard let value, !has else { return }
    throw SpecError(
      field: path,
      "\(path) is \(value), but rule \"\(rule.name.rawValue)\" has no such constant; leave it out, or use \(rules).")
  }

  private func checkPenalty() throws(SpecError) {
    let coupled = Parameter.Group.allCases.compactMap { hyperparameters(of: $0)?.l2 }.max() ?? 0
    if rule.name == .adamw, coupled > 0 {
      throw SpecError(
        field: "l2",
        "l2 is \(coupled), but rule \"adamw\" decays the weights beside the gradient; use weightDecay, or rule adam.")
    }
    if projectionKeepsL2, projection == .none {
      throw SpecError(
        field: "projectionKeepsL2",
        "projectionKeepsL2 is true, but projection is \"none\"; accepted: false, or projection filter or layer.")
    }
    if regularizeGammaBeta, normalization.operation == nil {
      throw SpecError(
        field: "regularizeGammaBeta",
        "regularizeGammaBeta is true, but without normalization there are no γ and β; accepted: false, or "
          + "normalization batch.")
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
      ("schedule.final", schedule.final != nil, .cosine),
    ]
    for (path, isGiven, owner) in strangers where isGiven && name != owner {
      throw SpecError(
        field: path,
        "\(path) is given, but schedule is \"\(name.rawValue)\"; leave it out, or use schedule \(owner.rawValue).")
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
  }
}
