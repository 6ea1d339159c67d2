import Foundation
import RunDefinition
import Specification
import TestSupport
import Testing

@Suite("Weights that a run begins with")
struct GivenWeightsTests {
  private static let extents = [
    "dense1.weight": [2, 3072], "norm1.gamma": [2], "norm1.beta": [2], "head.weight": [10, 2], "head.bias": [10],
  ]

  /// A safetensors file of a small network, all numbers 1 but for those of one tensor.
  private static func file(_ name: String, _ number: Float, without missing: String? = nil) -> [UInt8] {
    var (header, body): ([String], [UInt8]) = ([], [])
    for (tensor, extents) in extents.sorted(by: { $0.key < $1.key }) where tensor != missing {
      let begin = body.count
      for _ in 0..<extents.reduce(1, *) {
        let bits = (tensor == name ? number : 1).bitPattern
        body += (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
      }
      header.append(#""\#(tensor)":{"dtype":"F32","shape":\#(extents),"data_offsets":[\#(begin),\#(body.count)]}"#)
    }
    let json = Array("{\(header.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + body
  }

  private static func check(_ bytes: [UInt8], _ settings: String...) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let path = try folder.write(bytes, to: "start.safetensors")
    let network = "network.layers=[flatten, dense 2, norm, relu, dense classes]"
    try RunDefinition([network, "initialWeights=\(path)"] + settings).checkGivenWeights()
  }

  @Test("initScale can make weights of hidden layers too large, and nothing else")
  func scale() throws {
    try Self.check(Self.file("head.bias", 3e38), "initScale=10")
    try Self.check(Self.file("dense1.weight", 3e38), "initScale=1")
    let float = #expect(throws: SpecError.self) { try Self.check(Self.file("dense1.weight", 3e38), "initScale=10") }
    #expect(float?.description.contains("dense1.weight has a number that is not finite") == true)
    try Self.check(Self.file("dense1.weight", 3e38), "initScale=10", "precision=double")
    #expect(throws: SpecError.self) {
      try Self.check(Self.file("dense1.weight", 3e38), "initScale=1e300", "precision=double")
    }
  }

  @Test("what is wrong with the content is bad data, and a file that is not there a bad setting")
  func codes() throws {
    for bytes in [
      Self.file("head.bias", .nan), Self.file("", 1, without: "head.bias"), Array("no safetensors".utf8),
    ] {
      let error = #expect(throws: SpecError.self) { try Self.check(bytes) }
      #expect(error?.exitCode == 65 && error?.field == "initialWeights", "\(String(describing: error))")
    }
    let missing = #expect(throws: SpecError.self) {
      try RunDefinition(["initialWeights=/nowhere/start.safetensors"]).checkGivenWeights()
    }
    #expect(missing?.exitCode == 64)
  }
}
