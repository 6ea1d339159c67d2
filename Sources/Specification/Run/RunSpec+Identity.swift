import Foundation
import OpenSSL
import Parameters

extension RunSpec {
  /// The part that determines the bits of the weights, as canonical JSON: every such field of `resolved` that has a
  /// value, keys sorted by UTF-8, no white space, numbers in the shortest form that reads back the same.
  ///
  /// Two specs that only spell defaults out or leave them to Tare have one identity.
  package var identity: String {
    let spec = resolved
    return JSONText.object(SpecField.all.filter(\.determinesBits).map { ($0.path, $0.read(spec)) })
  }

  /// SHA-256 of `identity` in lower-case hex: equal hashes mean equal weights, on the same data and instruction set.
  package var specHash: String {
    SHA256.hash(identity.utf8).hexadecimal
  }

  /// The whole resolved spec as canonical JSON; decodes as a `RunSpec`.
  package var json: String {
    let spec = resolved
    return JSONText.object(SpecField.all.map { ($0.path, $0.read(spec)) })
  }
}
