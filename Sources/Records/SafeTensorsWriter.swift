import Foundation
import Parameters

/// The safetensors format: a little-endian 64-bit header length, a JSON header, and the tensors without gaps.
///
/// - Source: https://github.com/huggingface/safetensors, "Format".
package enum SafeTensors {
  /// Writes `tensors` in order of their names to `path`, whole or not at all.
  /// - Parameter metadata: kept under `__metadata__`; left out when empty.
  /// - Precondition: names are unique, and none is `__metadata__`.
  package static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = [:], to path: String
  ) throws(RecordError) {
    let file = try AtomicFile(path)
    try unsafe encode(tensors, metadata: metadata) { (bytes) throws(RecordError) in try unsafe file.write(bytes) }
    try file.commit()
  }

  /// Passes the bytes of the file to `write`, in order.
  static func encode(
    _ tensors: [NamedTensor], metadata: [String: String],
    to write: (UnsafeRawBufferPointer) throws(RecordError) -> Void
  ) throws(RecordError) {
    let sorted = NamedTensor.sorted(tensors)
    var failure: RecordError?
    unsafe header(sorted.map(\.heading), metadata: metadata).withUnsafeBytes { bytes in
      do throws(RecordError) { try unsafe write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    for tensor in sorted { try unsafe write(tensor.bytes) }
  }

  static let metadataKey = "__metadata__"

  /// The length and the JSON, padded with spaces so that the tensors begin at a multiple of 8.
  ///
  /// - Parameter tensors: in the order of their names.
  static func header(_ tensors: [TensorHeading], metadata: [String: String]) -> [UInt8] {
    precondition(Set(tensors.map(\.name)).union([metadataKey]).count == tensors.count + 1, "names are unique")
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\(quoted(metadataKey)):{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.byteCount
      let extents = tensor.extents.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.safeTensorsName)\","
          + "\"shape\":[\(extents)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json.append(contentsOf: repeatElement(0x20, count: (8 - json.count % 8) % 8))
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  /// `text` as a JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
