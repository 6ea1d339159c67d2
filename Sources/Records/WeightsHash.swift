import OpenSSL
import Parameters

/// SHA-256 over the bytes of all tensors, in order of their names; names and shapes do not enter.
///
/// Two runs have equal hashes when all parameters and running statistics are equal bit by bit.
package enum WeightsHash {
  /// The hash in hexadecimal. The bytes are read where they lie.
  package static func sha256(of tensors: [NamedTensor]) -> String {
    var hash = SHA256()
    for tensor in NamedTensor.sorted(tensors) { unsafe hash.update(tensor.bytes) }
    return hash.finalize().hexadecimal
  }

  /// The hash of the tensors of a file.
  package static func sha256(of file: SafeTensorsFile) -> String {
    var hash = SHA256()
    for entry in file.entries.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      hash.update(file.bytes(of: entry))
    }
    return hash.finalize().hexadecimal
  }
}
