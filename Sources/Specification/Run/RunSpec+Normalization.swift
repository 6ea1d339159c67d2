import Optimization
package import Parameters

extension RunSpec {
  /// The constants of the normalization: what was given, else the defaults.
  package var normalizationSettings: Normalization.Settings {
    let defaults = Normalization.Settings()
    return Normalization.Settings(
      groups: normalizationGroups ?? defaults.groups, epsilon: normalizationEpsilon ?? defaults.epsilon,
      biasBefore: biasBeforeNormalization)
  }

  func checkNormalization() throws(SpecError) {
    let name = "normalization is \"\(normalization.rawValue)\""
    if let groups = normalizationGroups, !normalization.takesGroups {
      throw SpecError(
        field: "normalizationGroups",
        "normalizationGroups is \(groups), but \(name), which has no groups to choose; leave it out, or use "
          + "normalization \(RunSpec.names { $0.takesGroups }).")
    }
    if let epsilon = normalizationEpsilon, !normalization.takesEpsilon {
      throw SpecError(
        field: "normalizationEpsilon",
        "normalizationEpsilon is \(epsilon), but \(name), which takes no variance; leave it out, or use normalization "
          + "\(RunSpec.names { $0.takesEpsilon }).")
    }
    if biasBeforeNormalization, normalization.operation == nil {
      throw SpecError(
        field: "biasBeforeNormalization",
        "biasBeforeNormalization is true, but \(name) and each layer has a bias; accepted: false, or normalization "
          + "\(RunSpec.names { $0.operation != nil }).")
    }
    guard network.preset != .mlp || !normalization.takesBatchStatistics || microbatch > 1 else {
      throw SpecError(
        field: "microbatch",
        "microbatch is 1, but one sample of an mlp has no batch statistics; accepted: 2 or more, or normalization "
          + "\(RunSpec.names { !$0.takesBatchStatistics }).")
    }
  }

  /// Some rules need filters that are scale-invariant by themselves.
  func checkInvariance() throws(SpecError) {
    // A list of layers is checked as a network.
    guard optimizer.name.rule.requiresFilterInvariance, network.layers == nil else { return }
    guard normalization.actsOnFilters, !biasBeforeNormalization || normalization.removesBias else {
      throw SpecError(
        field: "optimizer.name",
        "optimizer is \"\(optimizer.name.rawValue)\", which needs filters that are scale-invariant by themselves, but with "
          + "normalization \"\(normalization.rawValue)\"\(biasBeforeNormalization ? " after a bias" : "") none is; "
          + "accepted: another optimizer, or normalization \(RunSpec.names { $0.actsOnFilters }).")
    }
  }

  /// Projection changes the length of weights, so they must be scale-invariant in what it scales.
  func checkProjection() throws(SpecError) {
    guard projection != .none, network.layers == nil else { return }
    let name = "projection is \"\(projection.rawValue)\""
    guard normalization.operation != nil else {
      throw SpecError(
        field: "projection",
        "\(name), but it acts on weights before a normalization and normalization is \"none\"; accepted: projection "
          + "none, or normalization \(RunSpec.names { $0.operation != nil }).")
    }
    guard !biasBeforeNormalization || normalization.removesBias else {
      throw SpecError(
        field: "projection",
        "\(name), but with biasBeforeNormalization the weights before \(normalization.rawValue) norm are not "
          + "scale-invariant; accepted: projection none, or biasBeforeNormalization false.")
    }
    guard projection != .filter || normalization.actsOnFilters else {
      throw SpecError(
        field: "projection",
        "\(name), but normalization is \"\(normalization.rawValue)\", which makes several filters scale-invariant "
          + "together and none by itself; accepted: projection none or layer, or normalization "
          + "\(RunSpec.names { $0.actsOnFilters }).")
    }
  }

  /// The normalizations of a kind, for messages: "batch, layer or group".
  private static func names(_ isMeant: (Normalization) -> Bool) -> String {
    Normalization.allCases.filter(isMeant).map(\.rawValue).listed("or")
  }
}
