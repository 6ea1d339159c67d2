import Failures
import Foundation
import Measuring
import Plans
import Records
import TestSupport
import Testing

/// Safetensors files as other programs write them: bytes made here from the format's description.
@Suite("Series of other trainers' checkpoints")
struct CheckpointSeriesTests {
  /// - Parameter tensors: name, encoding, extents and bytes, in the order of the file.
  static func file(_ tensors: [(String, String, [Int], [UInt8])]) -> [UInt8] {
    var (entries, bytes) = ([String](), [UInt8]())
    for (name, encoding, extents, content) in tensors {
      let offsets = "[\(bytes.count),\(bytes.count + content.count)]"
      entries.append("\"\(name)\":{\"dtype\":\"\(encoding)\",\"shape\":\(extents),\"data_offsets\":\(offsets)}")
      bytes += content
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + bytes
  }

  /// 1.5, −2 and 0.25 in halves, and what PyTorch counts beside them.
  private static let mixed = file([
    ("a.weight", "F16", [1, 3], [0x00, 0x3E, 0x00, 0xC0, 0x00, 0x34]),
    ("b.weight", "BF16", [1, 3], [0xC0, 0x3F, 0x00, 0xC0, 0x80, 0x3E]), ("bn.bias", "F32", [1], [0, 0, 0x80, 0x3F]),
    ("bn.num_batches_tracked", "I64", [], [1, 0, 0, 0, 0, 0, 0, 0]),
  ])

  @Test("halves of both kinds are read exactly, and integers are left out")
  func encodings() throws {
    let folder = try TemporaryFolder()
    let tensors = try ForeignTensors(folder.write(Self.mixed, to: "a.safetensors"))
    #expect(tensors.names == ["a.weight", "b.weight", "bn.bias"])
    #expect(tensors.values(of: "a.weight") == [1.5, -2, 0.25] && tensors.values(of: "b.weight") == [1.5, -2, 0.25])
    #expect(tensors.values(of: "b.weight", in: 1..<2) == [-2] && tensors.values(of: "bn.bias") == [1])
    #expect(tensors.extents(of: "bn.num_batches_tracked") == nil)
  }

  @Test("files are in the order of the numbers in their names, and weights of two dimensions are layers")
  func order() throws {
    let folder = try TemporaryFolder()
    let names = ["step-100.safetensors", "step-20.safetensors", "v2-step-3.safetensors"]
    let paths = try names.map { try folder.write(Self.mixed, to: $0) }
    let series = try CheckpointSeries(paths, steps: nil, map: nil)
    #expect(series.checkpoints.map(\.step) == [3, 20, 100] && series.layers.map(\.name) == ["a", "b"])
    let given = try CheckpointSeries(paths, steps: [5, 1, 6], map: nil)
    #expect(given.checkpoints.map(\.tensors.path) == [paths[1], paths[0], paths[2]])
  }

  @Test("what does not fit is refused in one sentence")
  func refusals() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (
      try folder.write(Self.mixed, to: "a1.safetensors"),
      try folder.write(Self.file([("a.weight", "F16", [2, 1], [0, 0, 0, 0])]), to: "b2.safetensors")
    )
    func message(_ paths: [String], steps: [Int]? = nil, map: String? = nil) -> String {
      do {
        let map = try map.map { try TensorMap(yaml: $0, named: "map.yaml") }
        _ = try CheckpointSeries(paths, steps: steps, map: map)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message([a, b]).contains("b2.safetensors has a.weight of 2×1, where"))
    #expect(message([a], steps: [1, 2]).contains("--steps has 2 numbers for 1 checkpoints"))
    #expect(message([a, a]).contains("has step 1, as"))
    #expect(message([folder.file("none.safetensors")], steps: [1]).contains("Cannot read"))
    #expect(
      message([a], map: "x: bn.num_batches_tracked").contains(
        "a1.safetensors stores bn.num_batches_tracked as I64; accepted: F64, F32, F16, BF16"))
    let eighths = try folder.write(
      Self.file([("a.weight", "F16", [1, 1], [0, 0]), ("b.weight", "F8_E4M3", [1, 1], [0])]), to: "c3.safetensors")
    #expect(message([eighths]).contains("stores b.weight as F8_E4M3; accepted: F64, F32, F16, BF16"))
    #expect(message([eighths], map: "a: a.weight").isEmpty)
    #expect(message([a], map: "x: a.wight").contains("did you mean \"a.weight\""))
    #expect(message([a], map: "x: a.weight row").contains("x is \"a.weight row\""))
    #expect(message([a], map: "- x").contains("not a mapping"))
  }

  @Test("a map names layers and says what is scale-invariant")
  func map() throws {
    let map = try TensorMap(yaml: "conv1: a.weight\nfc: b.weight layer\nhead: bn.bias none\n", named: "map.yaml")
    #expect(map.layers.map(\.name) == ["conv1", "fc", "head"] && map.layers.map(\.scale) == [.filter, .layer, .none])
  }
}
