import OpenSSL
import Parameters

/// SHA-256 over the bytes of all tensors, in order of their names; names and shapes are not hashed.
///
/// Equal hashes mean that all parameters and running statistics are equal bit for bit.
package enum WeightsHash {
  /// The hash in hexadecimal, computed without copying the tensors.
  package static func sha256(of tensors: [NamedTensor]) -> String {
    var hash = SHA256()
    for tensor in NamedTensor.sorted(tensors) { unsafe hash.update(tensor.bytes) }
    return hash.finalize().hexadecimal
  }

  /// The hash of the tensors in a file.
  package static func sha256(of file: SafeTensorsFile) -> String {
    var hash = SHA256()
    for entry in file.entries.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      for offset in stride(from: 0, to: entry.byteCount, by: 1 << 20) {
        hash.update(file.bytes(of: entry, in: offset..<min(offset + (1 << 20), entry.byteCount)))
      }
    }
    return hash.finalize().hexadecimal
  }
}
