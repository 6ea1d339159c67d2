import Foundation
import OpenSSL
import TestSupport
import Testing

/// A short training run and what it left.
struct SmallRun {
  let ending: TareProcess.Ending
  let folder: String

  /// `tare train` on 512 glyphs with `arguments`, to a good end.
  init(_ arguments: String, in folder: String, _ location: SourceLocation = #_sourceLocation) throws {
    self.folder = folder
    ending = try TareProcess.run(Self.arguments(arguments, output: folder), location)
    try #require(ending.exitCode == 0, "\(arguments): \(ending.errors)", sourceLocation: location)
  }

  static func arguments(_ arguments: String, output: String) -> [String] {
    let common = "train --json --set dataset.limit=512 --set execution.metricsEvery=2 --output \(output) "
    return (common + arguments).split(separator: " ").map(String.init)
  }

  func file(_ name: String) throws -> Data {
    try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"), "\(folder)/\(name)")
  }

  func text(_ name: String) throws -> String { String(decoding: try file(name), as: UTF8.self) }

  /// The content of `run.json`.
  var record: [String: Any] {
    get throws { try #require(JSONSerialization.jsonObject(with: file("run.json")) as? [String: Any]) }
  }
}

/// A safetensors file, read by its specification and without the program's own reader.
struct PlainSafeTensors {
  let shapes: [String: [Int]]
  /// SHA-256 over all tensors' bytes in order of their names.
  let sha256: String
  /// The first 64 bytes of each tensor that has as many, and not only zeros.
  let beginnings: [Data]

  init(_ data: Data) throws {
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let json = try JSONSerialization.jsonObject(with: data.dropFirst(8).prefix(length))
    var members = try #require(json as? [String: [String: Any]])
    members["__metadata__"] = nil
    shapes = members.compactMapValues { $0["shape"] as? [Int] }
    var hash = SHA256()
    var beginnings: [Data] = []
    for name in members.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let offsets = try #require(members[name]?["data_offsets"] as? [Int])
      let tensor = data.dropFirst(8 + length + offsets[0]).prefix(offsets[1] - offsets[0])
      hash.update(tensor)
      if tensor.count >= 64, tensor.prefix(64).contains(where: { $0 != 0 }) { beginnings.append(tensor.prefix(64)) }
    }
    self.beginnings = beginnings
    sha256 = hash.finalize().map { String(format: "%02x", Int($0)) }.joined()
  }
}
