import Failures
import Foundation
package import Parameters
package import Specification
import Yams

/// Which tensors of another trainer's checkpoints are measured, and what is scale-invariant of them: a YAML mapping with lines
/// such as `conv1: features.0.weight` and `fc1: classifier.0.weight layer`.
package struct TensorMap: Hashable, Sendable {
  package struct Layer: Hashable, Sendable {
    package let name: String
    package let tensor: String
    package let scale: Scale

    package init(name: String, tensor: String, scale: Scale) {
      self.name = name
      self.tensor = tensor
      self.scale = scale
    }
  }

  /// What can be scaled without changing the function.
  package enum Scale: String, Hashable, Sendable, CaseIterable {
    case filter, layer, none

    /// - Parameter filters: of the tensor.
    package func invariance(filters: Int) -> Parameter.ScaleInvariance {
      switch self {
      case .filter: .filter
      case .layer: .groups(ofFilters: filters)
      case .none: .none
      }
    }
  }

  package let layers: [Layer]

  /// - Throws: `SpecError` for a file that can't be read, is not such a mapping, or gives a layer twice.
  package init(at path: String) throws(SpecError) {
    let source = try PlanSource(path)
    try self.init(yaml: source.text, named: source.name)
  }

  package init(yaml: String, named name: String) throws(SpecError) {
    func refuse(_ problem: String) -> SpecError {
      SpecError(
        field: "map",
        "\(problem); accepted: lines such as \"conv1: features.0.weight filter\", the last word filter, layer or none.",
        origin: name)
    }
    guard let pairs = try PlanFile.tree(yaml: yaml, named: name)?.mapping, !pairs.isEmpty else {
      throw refuse("the map is not a mapping of layers to tensors")
    }
    var layers: [Layer] = []
    for (key, value) in pairs {
      guard let layer = key.scalar?.string, let text = value.scalar?.string else {
        throw refuse("a layer of the map has more than one value")
      }
      let words = text.split(separator: " ").map(String.init)
      guard let tensor = words.first, words.count <= 2,
        let scale = Scale(rawValue: words.count == 2 ? words[1] : "filter")
      else { throw refuse("\(layer) is \"\(text)\"") }
      guard !layer.isEmpty else { throw refuse("a layer has an empty name") }
      guard !layers.contains(where: { $0.name == layer || $0.tensor == tensor }) else {
        throw refuse("\(layer) or its tensor \(tensor) is given twice")
      }
      layers.append(Layer(name: layer, tensor: tensor, scale: scale))
    }
    self.layers = layers
  }
}
