import NeuralNetwork
import Parameters

/// Networks of a few layers, named after the property that they test.
enum SmallNetworks {
  static let all: [(name: String, layers: [Layer])] = [
    ("dense", [.flatten, .dense(outputs: 5), .dense(outputs: 10)]),
    (
      "dense without a bias behind wide channels",
      [
        .convolution(outputs: 16, kernel: 3), .relu, .flatten, .dense(outputs: 20), .batchNormalization(), .relu,
        .dense(outputs: 6), .batchNormalization(), .relu,
      ] + last
    ),
    ("convolution", [.convolution(outputs: 4, kernel: 3), .convolution(outputs: 3, kernel: 5)] + head),
    ("wide convolution", [.convolution(outputs: 16, kernel: 3), .convolution(outputs: 32, kernel: 3)] + head),
    ("pointwise convolution", [.convolution(outputs: 5, kernel: 1), .convolution(outputs: 4, kernel: 1)] + head),
    ("batchNormalization", [.batchNormalization(), .convolution(outputs: 3, kernel: 3), .batchNormalization()] + head),
    ("batchNormalization of a vector", [.flatten, .dense(outputs: 6), .batchNormalization(), .relu] + last),
    (
      "groupNormalization",
      [.groupNormalization(groups: 3), .convolution(outputs: 4, kernel: 3), .groupNormalization(groups: 2)] + head
    ),
    ("layerNormalization of a vector", [.flatten, .dense(outputs: 6), .groupNormalization(groups: 1), .relu] + last),
    (
      "wide groups",
      [
        .convolution(outputs: 16, kernel: 3), .groupNormalization(groups: 4), .relu,
        .convolution(outputs: 32, kernel: 3),
        .groupNormalization(groups: 1), .relu,
      ] + head
    ),
    (
      "one group among odd channels",
      [.convolution(outputs: 5, kernel: 3), .groupNormalization(groups: 1), .relu] + head
    ),
    (
      "rmsNormalization",
      [.rmsNormalization(), .convolution(outputs: 4, kernel: 3), .rmsNormalization(), .gelu] + head
    ),
    ("rmsNormalization of a vector", [.flatten, .dense(outputs: 6), .rmsNormalization(), .gelu] + last),
    (
      "wide rmsNormalization",
      [.convolution(outputs: 16, kernel: 3), .rmsNormalization(), .relu, .convolution(outputs: 32, kernel: 3)] + head
    ),
    (
      "weightNormalization",
      [
        .convolution(outputs: 4, kernel: 3), .weightNormalization, .relu, .flatten, .dense(outputs: 6),
        .weightNormalization,
      ]
        + last
    ),
    ("wide weightNormalization", [.convolution(outputs: 16, kernel: 3), .weightNormalization, .relu] + head),
    (
      "groupNormalization before batchNormalization",
      [
        .convolution(outputs: 4, kernel: 3), .groupNormalization(groups: 2), .relu, .maxPool(.init(size: 2, stride: 2)),
        .convolution(outputs: 3, kernel: 3), .batchNormalization(), .relu,
      ] + head
    ),
    (
      "weightNormalization before layer normalization",
      [
        .convolution(outputs: 4, kernel: 3), .weightNormalization, .relu, .flatten, .dense(outputs: 5),
        .groupNormalization(groups: 1), .relu,
      ] + last
    ),
    (
      "biased before normalizations",
      [
        .convolution(outputs: 4, kernel: 3), .weightNormalization, .relu, .convolution(outputs: 4, kernel: 1),
        .groupNormalization(groups: 2), .relu,
      ] + head
    ),
    ("relu", [.convolution(outputs: 4, kernel: 3), .relu] + head),
    ("relu of the image", [.relu, .convolution(outputs: 4, kernel: 3)] + head),
    ("fused relu", [.convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu] + head),
    ("maxPool", [.convolution(outputs: 4, kernel: 3), .maxPool(.init(size: 2, stride: 2))] + head),
    ("padded maxPool", [.convolution(outputs: 4, kernel: 3), .maxPool(.init(size: 3, stride: 2, padding: 1))] + head),
    (
      "pooled normalization",
      [
        .convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu, .maxPool(.init(size: 2, stride: 2)),
        .convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu,
        .maxPool(.init(size: 3, stride: 2, padding: 1)),
      ] + head
    ),
    (
      "pooled normalization of odd channels",
      [
        .convolution(outputs: 21, kernel: 3), .batchNormalization(), .maxPool(.init(size: 3, stride: 1, padding: 1)),
        .convolution(outputs: 11, kernel: 3), .batchNormalization(), .relu, .maxPool(.init(size: 2, stride: 3)),
      ] + head
    ),
    (
      "pooled normalization with overlaps",
      [.convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu, .maxPool(.init(size: 5, stride: 2))] + head
    ),
    ("averagePool", [.convolution(outputs: 4, kernel: 3), .averagePool(.init(size: 2, stride: 2))] + head),
    (
      "padded averagePool",
      [.convolution(outputs: 4, kernel: 3), .averagePool(.init(size: 3, stride: 2, padding: 1))] + head
    ),
    ("globalAveragePool", [.convolution(outputs: 6, kernel: 3), .globalAveragePool] + head),
    ("strided convolution", [.convolution(outputs: 4, kernel: 3, stride: 2)] + head),
    ("strided pointwise convolution", [.convolution(outputs: 4, kernel: 1, stride: 3), .relu] + head),
    (
      "wide strided convolution",
      [.convolution(outputs: 16, kernel: 3), .relu, .convolution(outputs: 32, kernel: 5, stride: 2)] + head
    ),
    ("gelu", [.convolution(outputs: 4, kernel: 3), .gelu] + head),
    ("gelu of a vector", [.flatten, .dense(outputs: 6), .batchNormalization(), .gelu] + last),
    ("dropout", [.dropout(rate: 0.3), .convolution(outputs: 4, kernel: 3), .relu, .dropout(rate: 0.5)] + head),
    (
      "dropout of a vector",
      [.flatten, .dense(outputs: 6), .batchNormalization(), .relu, .dropout(rate: 0.2)] + last
    ),
    ("wide dropout", [.convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu, .dropout(rate: 0.5)] + head),
    (
      "residual",
      [
        .convolution(outputs: 4, kernel: 3), .relu, .save("x"), .convolution(outputs: 4, kernel: 3),
        .batchNormalization(), .add("x"), .relu,
      ] + head
    ),
    (
      "residual of other extents",
      [
        .convolution(outputs: 3, kernel: 3), .save("x"), .convolution(outputs: 5, kernel: 3, stride: 2),
        .batchNormalization(), .relu, .convolution(outputs: 5, kernel: 3), .add("x"), .relu,
      ] + head
    ),
    (
      "wide residuals",
      [
        .convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu, .save("x"),
        .convolution(outputs: 16, kernel: 3), .batchNormalization(), .add("x"), .relu, .save("x"),
        .convolution(outputs: 32, kernel: 3, stride: 2), .batchNormalization(), .relu,
        .convolution(outputs: 32, kernel: 3), .batchNormalization(), .add("x"), .relu,
      ] + head
    ),
    ("residual of the image", [.save("image"), .convolution(outputs: 4, kernel: 3), .add("image"), .relu] + head),
    (
      "crossing residuals",
      [
        .convolution(outputs: 4, kernel: 3), .save("a"), .relu, .save("b"), .convolution(outputs: 4, kernel: 3),
        .add("a"), .relu, .add("b"),
      ] + head
    ),
    (
      "residual of a vector",
      [.flatten, .dense(outputs: 6), .save("x"), .dense(outputs: 6), .relu, .add("x")] + last
    ),
    (
      "blocks",
      [
        .convolution(outputs: 4, kernel: 3), .batchNormalization(), .relu,
        .maxPool(.init(size: 3, stride: 2, padding: 1)),
        .convolution(outputs: 5, kernel: 3), .batchNormalization(), .relu, .averagePool(.init(size: 2, stride: 1)),
        .flatten, .dense(outputs: 7), .batchNormalization(), .relu,
      ] + last
    ),
  ]

  static let names = all.map(\.name)

  /// The network on 3 channels of 7 rows and 9 columns.
  static func architecture(_ name: String) throws -> Architecture {
    let layers = all.first { $0.name == name }?.layers ?? []
    return try Architecture(
      name: name, input: ImageShape(channels: 3, height: 7, width: 9), layers: layers,
      biasBeforeNormalization: name.hasPrefix("biased"))
  }

  private static let last: [Layer] = [.dense(outputs: 10)]
  private static let head: [Layer] = [.flatten] + last
}
