import Parameters

/// Scales tensors and compares the network's function before and after: the loss of a microbatch, with its own batch
/// statistics, in double precision.
///
/// With the network's own ε, what changes of an invariant loss is what ε contributes. With ε = 10⁻¹⁶ only rounding remains:
/// that is far below the variance of a channel, and far above what rounding makes of one that is constant.
package struct ScaleProof {
  /// Relative changes of the loss.
  package struct Outcome: Hashable, Sendable {
    /// With the network's ε.
    package let change: Double
    /// With ε = `smallEpsilon`.
    package let changeAtSmallEpsilon: Double
  }

  package static let smallEpsilon = 1e-16

  /// Of the sets of a tensor in turn: neighboring filters get different ones.
  package static let factors = [4.0, 1, 0.5]

  private let networks: [any Backend<Double>]
  private let images: [Double]
  private let labels: [UInt8]
  private let weights: [Double]
  private let losses: [Double]

  /// - Parameters:
  ///   - images: in plain order, one for each label.
  ///   - weights: of the whole layout.
  package init(
    _ architecture: Architecture, images: [Double], labels: [UInt8], weights: [Double]
  ) throws(NetworkError) {
    let exact = try Architecture(
      name: architecture.name, input: architecture.input, layers: architecture.layers.map(\.withSmallEpsilon),
      biasBeforeNormalization: architecture.biasBeforeNormalization)
    var networks: [any Backend<Double>] = []
    for network in [architecture, exact] {
      networks.append(try Backends.make(network, microbatch: labels.count, kind: .reference))
    }
    self.networks = networks
    (self.images, self.labels, self.weights) = (images, labels, weights)
    var losses: [Double] = []
    for network in networks { losses.append(try Self.loss(of: network, images, labels, weights)) }
    self.losses = losses
  }

  /// Scales the sets of a tensor by `factors`, a single set by the first of them.
  package func outcome(of tensor: Architecture.AuditedTensor) throws(NetworkError) -> Outcome {
    var scaled = weights
    for (number, set) in tensor.sets.enumerated() {
      for index in set.joined() { scaled[index] *= Self.factors[number % Self.factors.count] }
    }
    var changes: [Double] = []
    for (network, loss) in zip(networks, losses) {
      changes.append(abs(try Self.loss(of: network, images, labels, scaled) - loss) / abs(loss))
    }
    return Outcome(change: changes[0], changeAtSmallEpsilon: changes[1])
  }

  private static func loss(
    of network: any Backend<Double>, _ images: [Double], _ labels: [UInt8], _ weights: [Double]
  ) throws(NetworkError) -> Double {
    var gradient = weights
    let (images, labels, weights) = (Buffer(images), labels, Buffer(weights))
    var outcome = Tally()
    var problem: NetworkError?
    unsafe gradient.withUnsafeMutableBufferPointer { gradient in
      unsafe labels.withUnsafeBufferPointer { labels in
        guard let into = gradient.baseAddress, let labels = labels.baseAddress else { return }
        do throws(NetworkError) {
          unsafe try network.load(weights.start)
          outcome = unsafe try network.gradient(images: images.start, labels: labels, into: into)
        } catch { problem = error }
      }
    }
    if let problem { throw problem }
    return outcome.lossSum
  }
}

extension Layer {
  /// The same with `ScaleProof.smallEpsilon`.
  fileprivate var withSmallEpsilon: Layer {
    switch self {
    case .batchNormalization: .batchNormalization(epsilon: ScaleProof.smallEpsilon)
    case .groupNormalization(let groups, _): .groupNormalization(groups: groups, epsilon: ScaleProof.smallEpsilon)
    case .rmsNormalization: .rmsNormalization(epsilon: ScaleProof.smallEpsilon)
    default: self
    }
  }
}
