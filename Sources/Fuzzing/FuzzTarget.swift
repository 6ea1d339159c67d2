/// One decoder under test: for any input it must return a value or an error quickly, in memory bounded by the input's
/// size.
package struct FuzzTarget: Sendable {
  /// The name on the command line and of the folder of its regression inputs.
  package let name: String
  /// Small valid inputs to start from.
  package let seeds: [[UInt8]]
  /// Keywords of the format, which byte-wise mutation would take long to find.
  package let words: [String]
  /// Maximum bytes of memory per byte of input.
  package let greatestRatio: Int
  /// Large inputs designed to be expensive, with their descriptions. Whether they are accepted does not matter.
  package let hostile: @Sendable () -> [(name: String, bytes: [UInt8])]
  /// Decodes the bytes: `true` for a value, `false` for an error. Traps if a value violates a guarantee of the decoder.
  package let decode: @Sendable (_ bytes: [UInt8]) -> Bool

  init(
    _ name: String, seeds: [[UInt8]], words: [String] = [], greatestRatio: Int = 64,
    hostile: @escaping @Sendable () -> [(name: String, bytes: [UInt8])] = { [] },
    decode: @escaping @Sendable (_ bytes: [UInt8]) -> Bool
  ) {
    self.name = name
    self.seeds = seeds
    self.words = words
    self.greatestRatio = greatestRatio
    self.hostile = hostile
    self.decode = decode
  }

  /// All formats that are read from a socket or a file.
  package static let all = [
    message, definition, safeTensors, idx, cifar10, cifar100, npy, npz, plan, metrics, record, manifest,
  ]

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
