import Optimization
import Parameters
import Specification
import Testing

@Suite("What a spec amounts to")
struct RunSpecResolutionTests {
  @Test("who gives one penalty means only that one")
  func penalty() throws {
    let standard = try SpecSamples.spec([]).resolved
    #expect(standard.l2 == 0.025 && standard.weightDecay == 0)
    let decoupled = try SpecSamples.spec(["weightDecay=0.1"]).resolved
    #expect(decoupled.l2 == 0 && decoupled.weightDecay == 0.1)
    let coupledAdamW = try SpecSamples.spec(["optimizer=adamw", "l2=1e-4"]).resolved
    #expect(coupledAdamW.l2 == 1e-4 && coupledAdamW.weightDecay == 0)
    let both = try SpecSamples.spec(["l2=1", "weightDecay=2"]).resolved
    #expect(both.l2 == 1 && both.weightDecay == 2)
  }

  @Test(
    "the default penalty follows network and data where it was searched, and the optimizer elsewhere",
    arguments: [
      ("network=mlp", 2.5e-4), ("network=conv4", 0.01), ("dataset=mnist", 0.0025), ("optimizer=momentum", 0.025),
      ("optimizer=sgd", 2.5e-4), ("optimizer=adamw", 0), ("normalization=none", 2.5e-4),
      ("normalization=weight", 0.025),
    ])
  func defaultPenalty(assignment: String, l2: Double) throws {
    #expect(try SpecSamples.spec([assignment]).resolved.l2 == l2)
  }

  @Test("γ, β and the head are not regularized unless asked")
  func groups() throws {
    let plain = try SpecSamples.spec(["l2=1e-3"])
    #expect(plain.hyperparameters(of: .weights)?.l2 == 1e-3)
    #expect(plain.hyperparameters(of: .gammaBeta)?.l2 == 0)
    #expect(plain.hyperparameters(of: .head)?.l2 == 0)
    #expect(plain.hyperparameters(of: .statistics) == nil)
    let asked = try SpecSamples.spec([
      "l2=1e-3", "regularizeGammaBeta=true", "groups.head.l2=5", "optimizer.learningRate=0.3",
    ])
    #expect(asked.hyperparameters(of: .gammaBeta)?.l2 == 1e-3)
    #expect(asked.hyperparameters(of: .head)?.learningRate == 0.3)
    #expect(asked.hyperparameters(of: .head)?.l2 == 5)
    let own = try SpecSamples.spec(["groups.head.learningRate=0.01", "optimizer.learningRate=0.3"])
    #expect(own.hyperparameters(of: .head)?.learningRate == 0.01)
    #expect(own.hyperparameters(of: .weights)?.learningRate == 0.3)
  }

  @Test("a group can have its own ε, and can stand still")
  func ownConstants() throws {
    let spec = try SpecSamples.spec(["optimizer=adam", "groups.head.epsilon=0.5", "groups.weights.learningRate=0"])
    #expect(spec.hyperparameters(of: .head)?.epsilon == 0.5)
    #expect(spec.hyperparameters(of: .gammaBeta)?.epsilon == 1e-8)
    #expect(spec.hyperparameters(of: .weights)?.learningRate == 0)
    #expect(try SpecSamples.spec(["optimizer=lion"]).hyperparameters(of: .head)?.epsilon == nil)
  }

  @Test("constants that an optimizer does not have stay out of the resolved spec")
  func constants() throws {
    let lars = try SpecSamples.spec(["optimizer=lars"]).resolved.optimizer
    #expect(lars[.momentum] == 0.9 && lars[.trustCoefficient] == 0.001 && lars[.beta1] == nil && lars[.epsilon] == nil)
  }

  @Test("projected weights lose l2 unless they keep it")
  func projection() throws {
    #expect(try SpecSamples.spec(["projection=filter", "l2=1"]).hyperparameters(of: .weights)?.l2 == 0)
    let literal = try SpecSamples.spec(["projection=filter", "l2=1", "projectionKeepsL2=true"])
    #expect(literal.hyperparameters(of: .weights)?.l2 == 1)
  }

  @Test("automatic backend and transport")
  func automatic() throws {
    #expect(RunSpec().resolved.backend == .onednn)
    #expect(try SpecSamples.spec(["precision=double"]).resolved.backend == .reference)
    #expect(RunSpec().resolved.execution.transport == .ipc)
    #expect(try SpecSamples.spec(["execution.launcher=threads"]).resolved.execution.transport == .inproc)
    let remote = try SpecSamples.spec(["execution.launcher=none", "execution.listen=tcp://0.0.0.0:0"])
    #expect(remote.resolved.execution.transport == .tcp)
  }

  @Test(
    "steps are ⌊epochs · images / batch⌋",
    arguments: [(1.0, 20000, 128, 156), (10.0, 20000, 128, 1562), (0.5, 60000, 32, 937), (2.0, 128, 128, 2)])
  func stepCount(epochs: Double, images: Int, batch: Int, expected: Int) throws {
    var spec = RunSpec()
    (spec.epochs, spec.batch) = (epochs, batch)
    #expect(try spec.stepCount(trainingImages: images) == expected)
    spec.steps = 3
    #expect(try spec.stepCount(trainingImages: images) == 3)
  }

  @Test("a run without a step is refused", arguments: [(0.001, 1000), (1e300, 1000), (1.0, 0)])
  func noSteps(epochs: Double, images: Int) {
    var spec = RunSpec()
    spec.epochs = epochs
    #expect(throws: SpecError.self) { try spec.stepCount(trainingImages: images) }
  }

  @Test(
    "the constants of a normalization are filled in where it takes them",
    arguments: [
      ("none", nil, nil), ("batch", nil, 1e-5), ("weight", nil, nil), ("layer", nil, 1e-5), ("group", 8, 1e-5),
    ] as [(String, Int?, Double?)])
  func normalization(name: String, groups: Int?, epsilon: Double?) throws {
    let spec = try SpecSamples.spec(["normalization=\(name)"]).resolved
    #expect(spec.normalizationGroups == groups && spec.normalizationEpsilon == epsilon)
    let given = try SpecSamples.spec(["normalizationGroups=4", "normalizationEpsilon=0"]).normalizationSettings
    #expect(given.groups == 4 && given.epsilon == 0 && !given.biasBefore)
  }
}
