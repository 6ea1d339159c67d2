import Specification
import Testing

@Suite("Essential fields of a run spec")
struct RunSpecEssentialsTests {
  private static let specs: [[String]] = [
    [], ["l2=0.01", "optimizer=adam", "optimizer.beta2=0.99"], ["weightDecay=0.1", "optimizer=adamw", "steps=5"],
    ["groups.head.learningRate=0.3", "groups.weights.l2=1e-3", "schedule=step", "schedule.every=9"],
    ["projection=filter", "l2=0.1", "projectionKeepsL2=true"], ["normalization=group", "seed=4", "precision=double"],
    ["execution.launcher=none", "execution.listen=tcp://0.0.0.0:0", "execution.tags=a,b", "groups.weights.epsilon=0.1"]
      + ["optimizer=rmsprop"],
    ["dataset=mnist", "dataset.path=/x", "dataset.test=a,b", "epochs=0.5", "optimizer.learningRate=0.02"],
    ["network.layers=[conv 8 kernel=5, norm, relu, flatten, dense classes]", "l2=0.01"],
  ]

  private func spec(_ settings: [String]) throws -> RunSpec {
    try RunSpec(layers: [Assignment.settings(settings)])
  }

  @Test("they make the same spec again, and none can be left out", arguments: specs)
  func same(settings: [String]) throws {
    let whole = try spec(settings).resolved
    let essentials = whole.essentials
    for index in essentials.indices {
      var fewer = essentials
      fewer.remove(at: index)
      #expect((try? RunSpec(layers: [fewer]).resolved) != whole, "\(essentials[index].path)")
    }
    #expect(try RunSpec(layers: [essentials]).resolved == whole)
    // As typed, too.
    #expect(try spec(essentials.map { "\($0.path)=\($0.value.text)" }).resolved == whole)
  }

  @Test("a later layer changes what follows from its field")
  func override() throws {
    let recorded = try spec(["optimizer.learningRate=0.02", "l2=1e-3"]).resolved
    let changed = try RunSpec(layers: [
      recorded.essentials, Assignment.settings(["optimizer.learningRate=0.5", "l2=0"]),
    ])
    #expect(changed.learningRate == 0.5 && changed.decay == 0)
  }
}

@Suite("Precision of a run spec")
struct RunSpecPrecisionTests {
  /// The real fields that enter the arithmetic as one scalar, and what they need beside them.
  private static let fields = SpecField.all.filter { field in
    field.determinesBits && field.acceptsReal != nil && field.path != "epochs" && !field.path.hasPrefix("schedule.")
  }

  /// What the field needs to be accepted.
  private func setting(_ field: SpecField) -> [String] {
    switch field.path {
    case "optimizer.trustCoefficient": ["optimizer=lars"]
    case "optimizer.delta", "optimizer.weightDecayRatio": ["optimizer=sgdp", "weightDecay=0"]
    case "optimizer.clip": ["optimizer=riemannian-sgd", "l2=0"]
    case "weightDecay", "groups.weights.weightDecay", "groups.gammaBeta.weightDecay", "groups.head.weightDecay":
      ["l2=0"]
    case let path where path.hasPrefix("optimizer.") && path != "optimizer.momentum" || path.hasSuffix("epsilon"):
      ["optimizer=adam", "l2=0"]
    default: []
    }
  }

  private func error(_ settings: [String]) -> SpecError? {
    do { _ = try RunSpec(layers: [Assignment.settings(settings)]) } catch { return error }
    return nil
  }

  @Test("what float makes 0 or infinite is refused there, and accepted in double", arguments: ["1e-300", "1e300"])
  func ends(value: String) {
    #expect(Self.fields.count > 20)
    for field in Self.fields where field.acceptsReal?(Double(value) ?? 0) == true {
      let settings = setting(field) + ["\(field.path)=\(value)"]
      let refusal = error(settings)
      #expect(refusal?.field == field.path && refusal?.description.contains("precision float") == true, "\(settings)")
      #expect(error(settings + ["precision=double"]) == nil, "\(settings)")
    }
  }

  @Test("what float rounds to a value that the field refuses is refused there")
  func rounding() {
    for settings in [["optimizer.momentum=0.999999999"], ["optimizer=adam", "l2=0", "optimizer.beta2=0.999999999"]] {
      #expect(error(settings)?.description.contains("precision float") == true)
      #expect(error(settings + ["precision=double"]) == nil)
    }
    // Twice λ is what enters.
    #expect(error(["l2=2e38"]) != nil && error(["l2=1e38"]) == nil)
    #expect(error(["optimizer.momentum=0.9999", "l2=0", "initScale=1e-30"]) == nil)
  }

  @Test("a decay that rounds away in float is warned of")
  func decay() throws {
    let settings = ["optimizer=adamw", "optimizer.learningRate=1e-4", "weightDecay=1e-5"]
    #expect(try RunSpec(layers: [Assignment.settings(settings)]).warnings.count == 1)
    #expect(try RunSpec(layers: [Assignment.settings(settings + ["precision=double"])]).warnings.isEmpty)
    #expect(try RunSpec(layers: [Assignment.settings(settings + ["weightDecay=0.1"])]).warnings.isEmpty)
  }
}
