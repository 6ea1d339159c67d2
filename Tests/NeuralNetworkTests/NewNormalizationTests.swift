import Foundation
import NeuralNetwork
import Parameters
import Testing

/// A normalization is a value in one file and an entry in one list: this file defines one that no other file knows.
@Suite struct NewNormalizationTests {
  /// Mean and variance of either half of a layer's channels.
  static let halves = Normalization("halves", .sampleStatistics(groups: .fixed(2)))

  @Test(arguments: Architecture.presets)
  func structureFollows(preset: String) throws {
    let parameters = try architecture(preset).layout.parameters
    #expect(parameters.contains { $0.role == .gamma } && !parameters.contains { $0.role.isStatistic })
    for parameter in parameters where parameter.group == .weights {
      #expect(parameter.invariance == .groups(ofFilters: parameter.filterCount / 2))
    }
    #expect(!Self.halves.takesGroups && Self.halves.takesEpsilon && !Self.halves.actsOnFilters)
  }

  /// Compared with the same layers under another name, and both backends with each other.
  @Test(arguments: Architecture.presets)
  func backendsFollow(preset: String) throws {
    let probe = Probe<Float>(try architecture(preset), samples: 2)
    let found = try probe.gradient(probe.make(.oneDNN)).outcome.lossSum
    let wide = probe.widened
    let expected = try wide.gradient(wide.make(.reference)).outcome.lossSum
    let group = Probe<Double>(try architecture(preset, .group, groups: 2), samples: 2)
    #expect(abs(found - expected) <= 1e-5 * expected)
    #expect(try abs(group.gradient(group.make(.reference)).outcome.lossSum - expected) <= 1e-5 * expected)
  }

  /// Each has a file named after it and one entry in the list.
  @Test func oneFileAndOneWord() throws {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    folder.append(path: "Sources/Parameters/Normalizations")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let expected = Normalization.allCases.map { "Normalization+\($0.rawValue.capitalized).swift" }
    #expect(files == (["Normalization+All.swift", "Normalization.swift"] + expected).sorted())
    for (name, file) in zip(Normalization.allCases, expected) {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      #expect(text.contains("Normalization(\"\(name.rawValue)\""))
    }
  }

  @Test func namesAreFound() {
    for known in Normalization.allCases { #expect(Normalization(rawValue: known.rawValue) == known) }
    #expect(Normalization(rawValue: "halves") == nil)
  }

  private func architecture(
    _ preset: String, _ normalization: Normalization = halves, groups: Int = 8
  ) throws -> Architecture {
    try .preset(
      preset, normalization: normalization, settings: .init(groups: groups),
      input: ImageShape(channels: 3, height: 8, width: 8))
  }
}
