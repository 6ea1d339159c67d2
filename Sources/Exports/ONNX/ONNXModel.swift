package import NeuralNetwork
package import Parameters

/// A network as an ONNX model: bytes of images in, scores out. It standardizes the images itself.
package struct ONNXModel {
  let graph: ONNXGraph
  let title: String
  /// The writer's version.
  let version: String
  let properties: [(key: String, value: String)]

  /// - Parameters:
  ///   - weights: all elements of a parameter.
  ///   - folds: whether batch normalizations directly after a layer, and weight normalizations, become part of its weights.
  ///   - mean: of each channel on the scale 0 to 1, as `deviation`: what images are standardized with.
  ///   - classNames: in the order of the scores.
  package init(
    _ architecture: Architecture, title: String, version: String, folds: Bool, mean: [Double], deviation: [Double],
    classNames: [String], weights: @escaping (Parameter) -> [Double]
  ) {
    self.title = title
    self.version = version
    var assembly = ONNXAssembly(architecture, folds: folds, weights: weights)
    assembly.standardize(mean: mean, deviation: deviation)
    for index in architecture.stages.indices { assembly.append(index) }
    graph = assembly.graph
    properties = [
      ("classes", classNames.joined(separator: ",")), ("mean", "\(mean)"), ("deviation", "\(deviation)"),
    ]
  }
}
