import Parameters
import NeuralNetwork

/// Networks of a few layers, named after what they put to the test.
enum SmallNetworks {
  static let all: [(name: String, layers: [Layer])] = [
    ("dense", [.flatten, .dense(outputs: 5), .dense(outputs: 10)]),
    ("convolution", [.convolution(outputs: 4, kernel: 3), .convolution(outputs: 3, kernel: 5)] + head),
    ("wide convolution", [.convolution(outputs: 16, kernel: 3), .convolution(outputs: 32, kernel: 3)] + head),
    ("pointwise convolution", [.convolution(outputs: 5, kernel: 1), .convolution(outputs: 4, kernel: 1)] + head),
    ("batchNormalization", [.batchNormalization, .convolution(outputs: 3, kernel: 3), .batchNormalization] + head),
    ("batchNormalization of a vector", [.flatten, .dense(outputs: 6), .batchNormalization, .relu] + last),
    ("relu", [.convolution(outputs: 4, kernel: 3), .relu] + head),
    ("relu of the image", [.relu, .convolution(outputs: 4, kernel: 3)] + head),
    ("fused relu", [.convolution(outputs: 16, kernel: 3), .batchNormalization, .relu] + head),
    ("maxPool", [.convolution(outputs: 4, kernel: 3), .maxPool(.init(size: 2, stride: 2))] + head),
    ("padded maxPool", [.convolution(outputs: 4, kernel: 3), .maxPool(.init(size: 3, stride: 2, padding: 1))] + head),
    ("averagePool", [.convolution(outputs: 4, kernel: 3), .averagePool(.init(size: 2, stride: 2))] + head),
    (
      "padded averagePool",
      [.convolution(outputs: 4, kernel: 3), .averagePool(.init(size: 3, stride: 2, padding: 1))] + head
    ),
    ("globalAveragePool", [.convolution(outputs: 6, kernel: 3), .globalAveragePool] + head),
    (
      "blocks",
      [
        .convolution(outputs: 4, kernel: 3), .batchNormalization, .relu,
        .maxPool(.init(size: 3, stride: 2, padding: 1)),
        .convolution(outputs: 5, kernel: 3), .batchNormalization, .relu, .averagePool(.init(size: 2, stride: 1)),
        .flatten, .dense(outputs: 7), .batchNormalization, .relu,
      ] + last
    ),
  ]

  static let names = all.map(\.name)

  /// The network on 3 channels of 7 rows and 9 columns.
  static func architecture(_ name: String) throws -> Architecture {
    let layers = all.first { $0.name == name }?.layers ?? []
    return try Architecture(name: name, input: ImageShape(channels: 3, height: 7, width: 9), layers: layers)
  }

  private static let last: [Layer] = [.dense(outputs: 10)]
  private static let head: [Layer] = [.flatten] + last
}
