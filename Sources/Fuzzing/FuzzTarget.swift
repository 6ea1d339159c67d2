/// One decoder under test: whatever the bytes, it ends with a value or an error, soon, in memory bounded by their number.
package struct FuzzTarget: Sendable {
  /// Of the command line, and of the folder of its regressions.
  package let name: String
  /// Bytes that the decoder accepts, small, to begin from.
  package let seeds: [[UInt8]]
  /// Words of the format, which a search by single bytes would be long in finding.
  package let words: [String]
  /// Bytes of memory that one byte of the input may take at most.
  package let greatestRatio: Int
  /// Large inputs made to cost much, by what they are. Whether they are accepted does not matter.
  package let hostile: @Sendable () -> [(name: String, bytes: [UInt8])]
  /// Decodes; true for a value, false for an error. A value that breaks a promise of the decoder's is a trap.
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

  /// Every format that comes from a socket or a file.
  package static let all = [message, definition, safeTensors, idx, cifar10, plan, metrics, record, manifest]

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
