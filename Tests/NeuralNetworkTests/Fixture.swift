import Foundation
import NeuralNetwork
import Parameters
import Testing

/// One case of `Fixtures/pytorch.json`.
struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
  let network: String
  /// Of a listed network.
  let lines: [String]?
  let channels: Int
  let size: Int
  let normalization: Normalization
  let labelSmoothing: Double?
  let samples: Int
  let training: Pass
  let evaluation: Pass
  let gradient: [String: Summary]

  struct Pass: Decodable, Sendable {
    let lossSum: Double
    let correct: Int
  }

  /// The recorded properties of a tensor.
  struct Summary: Decodable, Sendable {
    let norm: Double
    /// Σ (i mod 7 − 3) xᵢ
    let weightedSum: Double
    let elements: [Element]

    struct Element: Decodable, Sendable {
      let index: Int
      let value: Double
    }

    init(_ tensor: ArraySlice<Double>, at indices: [Int]) {
      norm = tensor.map { $0 * $0 }.reduce(0, +).squareRoot()
      weightedSum = tensor.enumerated().map { Double($0.offset % 7 - 3) * $0.element }.reduce(0, +)
      elements = indices.map { Element(index: $0, value: tensor[tensor.startIndex + $0]) }
    }

    /// The largest difference, relative to the norm of the tensor.
    func distance(to other: Summary) -> Double {
      let differences =
        [norm - other.norm, (weightedSum - other.weightedSum) / 10]
        + zip(elements, other.elements).map { $0.value - $1.value }
      return differences.map(abs).reduce(0, max) / other.norm
    }
  }

  var testDescription: String { "\(network) \(channels)×\(size)×\(size) \(normalization) \(labelSmoothing ?? 0)" }

  var architecture: Architecture {
    get throws {
      let input = ImageShape(channels: channels, height: size, width: size)
      guard let lines else { return try .preset(network, normalization: normalization, input: input) }
      return try Architecture(
        name: network, lines: lines, normalization: normalization, settings: .init(), input: input, classes: 10)
    }
  }

  static func load() throws -> [Fixture] {
    struct File: Decodable { let cases: [Fixture] }
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/pytorch.json"))
    return try JSONDecoder().decode(File.self, from: data).cases
  }
}
