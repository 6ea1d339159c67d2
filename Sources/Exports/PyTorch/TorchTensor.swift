package import NeuralNetwork
package import Parameters

/// Where a parameter stands in the state of the module that `TorchModule` writes.
package struct TorchTensor: Hashable, Sendable {
  package let parameter: Parameter
  package let name: String
  package let extents: [Int]

  /// Every tensor of a network.
  ///
  /// - Returns: `nil` if a layer has a bias before weight normalization, which PyTorch's does not know.
  package static func all(of architecture: Architecture) -> [TorchTensor]? {
    var tensors: [TorchTensor] = []
    for (index, stage) in architecture.stages.enumerated() {
      let next = index + 1 < architecture.stages.count ? architecture.stages[index + 1] : nil
      let isNormalized = next?.layer == .weightNormalization
      if isNormalized, stage.parameters[.bias] != nil { return nil }
      for parameter in architecture.layout.parameters where parameter.layer == stage.name {
        var (name, extents) = ("\(stage.name).\(parameter.role.torchName)", parameter.shape.extents)
        if isNormalized, parameter.role == .weight { name = "\(stage.name).parametrizations.weight.original1" }
        if stage.layer == .weightNormalization {
          let linear = architecture.stages[index - 1]
          let isGamma = parameter.role == .gamma
          name = "\(linear.name).\(isGamma ? "parametrizations.weight.original0" : "bias")"
          if isGamma, case .convolution = linear.layer { extents += [1, 1, 1] } else if isGamma { extents += [1] }
        }
        tensors.append(TorchTensor(parameter: parameter, name: name, extents: extents))
      }
    }
    return tensors
  }
}

extension Parameter.Role {
  /// PyTorch's word for it.
  fileprivate var torchName: String {
    switch self {
    case .weight, .gamma: "weight"
    case .beta, .bias: "bias"
    case .runningMean, .runningVariance: rawValue
    }
  }
}
