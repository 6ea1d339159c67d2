package import Datasets
import NeuralNetwork
package import RunDefinition
import Specification

/// One thread's training step beside the same network in PyTorch, in rounds that take turns.
package struct StepBenchmark {
  package struct Findings: Hashable, Sendable, Codable {
    package let network: String
    /// Of the spec; absent in results of programs that had but float.
    package let precision: String?
    package let batch: Int
    package let microbatch: Int
    /// Images a second.
    package let ours: MeasuredValue
    /// Nominal operations a second, in 10⁹; see `Architecture.trainingOperations`.
    package let effectiveGFLOPS: Double
    /// Which algorithm each pass of each convolution uses: d direct, w Winograd.
    package let convolutions: [String]
    /// The convolutions and dense layers alone, which bound the step: images a second. Absent in results of older programs.
    package let products: MeasuredValue?
    package let torch: [Torch]
    /// Our median over that of PyTorch's fastest layout.
    package let ratioToBestTorch: Double?

    /// The time of a step, in that of its convolutions and dense layers.
    package var timeInProducts: Double? { products.map { $0.median / ours.median } }
  }

  package struct Torch: Hashable, Sendable, Codable {
    package let layout: String
    package let version: String
    package let threads: Int
    package let imagesPerSecond: MeasuredValue
    package let effectiveGFLOPS: Double
  }

  /// Seconds of one measurement.
  package let seconds: Double
  package let rounds: Int
  /// An interpreter with PyTorch and the script of the other side.
  package let peer: (python: String, script: String)?

  package init(seconds: Double, rounds: Int, peer: (python: String, script: String)?) {
    self.seconds = seconds
    self.rounds = rounds
    self.peer = peer
  }

  /// - Parameter progress: told which part of the work is done.
  package func run(
    _ definition: RunDefinition, _ dataset: Dataset, progress: (Double) -> Void = { _ in }
  ) throws -> Findings? {
    let (spec, operations) = (definition.spec, definition.architecture.trainingOperations * 1e-9)
    let thread = try StepThread(definition, dataset)
    let products = try StepThread { try ProductStep(definition, dataset) }
    defer { for thread in [thread, products] { thread.close() } }
    let torch = try ["default", "channels_last"].compactMap { layout in
      try peer.map {
        try TorchPeer(
          python: $0.python, script: $0.script, network: spec.network.preset.rawValue, batch: spec.batch,
          layout: layout, usesBFloat16: spec.precision == .bfloat16)
      }
    }
    defer { for peer in torch { peer.close() } }
    let children = torch.map(\.processID)
    var (ours, alone) = (Rounds(), Rounds())
    var theirs = torch.map { _ in Rounds() }
    for round in 0..<rounds {
      try ours.measure(besides: children) {
        thread.begin(seconds: seconds)
        return try thread.result()
      }
      try alone.measure(besides: children) {
        products.begin(seconds: seconds)
        return try products.result()
      }
      for (index, peer) in torch.enumerated() {
        try theirs[index].measure(besides: children) { try peer.imagesPerSecond(over: seconds) }
      }
      progress(Double(round + 1) / Double(rounds))
    }
    guard let figure = ours.measurement else { return nil }
    let outcomes = zip(torch, theirs).compactMap { peer, rounds in
      rounds.measurement.map {
        Torch(
          layout: peer.greeting.layout, version: peer.greeting.torch, threads: peer.greeting.threads,
          imagesPerSecond: $0, effectiveGFLOPS: $0.median * operations)
      }
    }
    return Findings(
      network: spec.network.preset.rawValue, precision: spec.precision.rawValue, batch: spec.batch,
      microbatch: spec.microbatch, ours: figure, effectiveGFLOPS: figure.median * operations,
      convolutions: definition.architecture.convolutionAlgorithms(.init(definition.activations)).map(\.description),
      products: alone.measurement, torch: outcomes,
      ratioToBestTorch: outcomes.map(\.imagesPerSecond.median).max().map { figure.median / $0 })
  }
}

extension Rounds {
  /// Takes one measurement and notes what others used meanwhile.
  package mutating func measure(besides children: [Int32] = [], _ body: () throws -> Double) rethrows {
    let load = ForeignLoad(besides: children)
    let value = try body()
    append(Round(value: value, foreignLoad: load.processors))
  }
}
