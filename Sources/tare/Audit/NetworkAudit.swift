import Datasets
import NeuralNetwork
import Parameters
import RunDefinition
import Specification
import Terminal

/// What `tare audit` found.
struct NetworkAudit: Encodable {
  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
    let group: Parameter.Group
    /// "filter", "layer", "groups of 4 filters", "jointly with …", "no effect", "no".
    let invariant: String
    let reason: String?
    /// λ in force.
    let l2: Double
    let weightDecay: Double
    /// Relative changes of the loss when it is scaled; absent where there is no finite number.
    let change: Double?
    let changeAtSmallEpsilon: Double?
    let proof: Proof
    fileprivate let isInvariant: Bool
    /// Tensors that are scaled together with it and decay at another rate.
    fileprivate let unlike: [String]

    private enum CodingKeys: CodingKey {
      case name, shape, group, invariant, reason, l2, weightDecay, change, changeAtSmallEpsilon, proof
    }
  }

  /// What the loss says of the structure.
  enum Proof: String, Encodable {
    case confirmed, contradicted
    /// These images say nothing: a channel is constant, or scaling happens to have no effect.
    case unproven
  }

  let tensors: [Tensor]
  let isContradicted: Bool

  /// Far above rounding in double precision, far below what scaling by 4 does to a loss.
  private static let tolerance = 1e-7

  /// - Parameter images: how many the loss is taken of: the first ones.
  init(_ definition: RunDefinition, _ dataset: Dataset, images: Int) throws {
    let architecture = definition.architecture
    let microbatch = try Self.microbatch(of: dataset, images: min(images, dataset.train.count))
    let proof = try ScaleProof(
      architecture, images: microbatch.images, labels: microbatch.labels, weights: try Self.weights(definition))
    let audit = architecture.audit
    func decay(_ group: Parameter.Group) -> [Double] {
      definition.spec.hyperparameters(of: group).map { [$0.l2, $0.weightDecay] } ?? []
    }
    let decays = Dictionary(uniqueKeysWithValues: audit.map { ($0.parameter.name, decay($0.parameter.group)) })
    tensors = try audit.map { audited in
      let outcome = try proof.outcome(of: audited)
      let rates = definition.spec.hyperparameters(of: audited.parameter.group)
      let exact = outcome.changeAtSmallEpsilon
      let proof: Proof =
        switch (audited.verdict.isInvariant, exact < Self.tolerance) {
        case _ where !exact.isFinite: .unproven
        case (true, true), (false, false): .confirmed
        case (true, false): .contradicted
        case (false, true): .unproven
        }
      var reason: String?
      var unlike: [String] = []
      switch audited.verdict {
      case .no(let why): reason = why.words
      case .jointly(let names): unlike = names.filter { decays[$0] != decays[audited.parameter.name] }
      case .groups, .dead: break
      }
      return Tensor(
        name: audited.parameter.name, shape: audited.parameter.shape.extents, group: audited.parameter.group,
        invariant: audited.verdict.words, reason: reason, l2: rates?.l2 ?? 0, weightDecay: rates?.weightDecay ?? 0,
        change: outcome.change.isFinite ? outcome.change : nil, changeAtSmallEpsilon: exact.isFinite ? exact : nil,
        proof: proof, isInvariant: audited.verdict.isInvariant,
        unlike: unlike)
    }
    isContradicted = tensors.contains { $0.proof == .contradicted }
  }

  /// The table and what it comes to.
  var lines: [String] {
    var table = TextTable(
      header: ["TENSOR", "SHAPE", "GROUP", "SCALE-INVARIANT", "L2", "CHANGE", "ε = 1e-16"], of: .words)
    for tensor in tensors {
      table.append([
        tensor.name, Shape.text(of: tensor.shape), tensor.group.rawValue, tensor.invariant,
        Self.effect(on: tensor), Self.number(tensor.change),
        Self.number(tensor.changeAtSmallEpsilon) + Self.note(on: tensor.proof),
      ])
    }
    let reasons = Dictionary(grouping: tensors.filter { $0.reason != nil }, by: { $0.reason ?? "" })
    let notes = reasons.sorted { $0.key < $1.key }.map { reason, tensors in
      "no: \(reason) (\(tensors.map(\.name).joined(separator: ", ")))"
    }
    let unproven = tensors.filter { $0.proof == .unproven }.map(\.name)
    let verdict =
      isContradicted
      ? "The loss contradicts the structure."
      : unproven.count == tensors.count
        ? "The loss is no number, or never changes."
        : "The loss confirms it: what is scale-invariant by structure changes nothing, and everything else does."
    let exceptions =
      unproven.isEmpty ? [] : ["These images prove nothing for \(unproven.joined(separator: ", "))."]
    return table.lines + [""] + notes + [verdict] + exceptions
  }

  /// What the penalty does to a tensor.
  private static func effect(on tensor: Tensor) -> String {
    let decays = tensor.l2 > 0 || tensor.weightDecay > 0
    guard decays else { return "none" }
    let parts = [
      tensor.l2 > 0 ? Numbers.short(tensor.l2) : nil,
      tensor.weightDecay > 0 ? "decay \(Numbers.short(tensor.weightDecay))" : nil,
    ]
    let amount = parts.compactMap { $0 }.joined(separator: ", ")
    guard tensor.isInvariant else { return "\(amount): regularizes" }
    guard tensor.unlike.isEmpty else { return "\(amount): shrinks it beside \(tensor.unlike.joined(separator: ", "))" }
    return "\(amount): sets the effective rate"
  }

  private static func note(on proof: Proof) -> String {
    switch proof {
    case .confirmed: ""
    case .contradicted: "  CONTRADICTS THE STRUCTURE"
    case .unproven: "  unproven"
    }
  }

  private static func number(_ value: Double?) -> String { value.map { Numbers.short($0) } ?? "–" }

  /// The first images, standardized as in training.
  private static func microbatch(of dataset: Dataset, images count: Int) throws -> (images: [Double], labels: [UInt8]) {
    var loader = BatchLoader<Double>(
      dataset, standardization: Standardization(of: dataset.train), seed: 1, batchSize: count, microbatchSize: count,
      shuffle: false)
    var labels = [UInt8](repeating: 0, count: count)
    let images = Buffer<Double>(count: count * dataset.train.shape.count)
    unsafe labels.withUnsafeMutableBufferPointer { labels in
      _ = unsafe loader.loadMicrobatch(0, ofStep: 0, images: images.elements, labels: labels)
    }
    return (images.values, labels)
  }

  /// The run's initial weights, but biases and β as if training had moved them: scaling zeros would prove nothing.
  private static func weights(_ definition: RunDefinition) throws -> [Double] {
    let layout = definition.architecture.layout
    let initial = try definition.initialWeights()
    return layout.parameters.enumerated().flatMap { index, parameter in
      (0..<parameter.shape.count).map { element in
        let value = initial.value(parameter: index, element: element)
        let isMoved = parameter.role == .beta || parameter.role == .bias
        return isMoved ? value + 0.1 * Double(element % 5 - 2) : value
      }
    }
  }
}
