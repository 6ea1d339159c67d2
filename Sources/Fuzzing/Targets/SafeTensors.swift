import Foundation
import Parameters
import Records

extension FuzzTarget {
  /// A file, or, if the input begins with a brace, the header's JSON up to a NUL followed by the tensors: few mutants
  /// would match the length at the start of a file.
  static let safeTensors = FuzzTarget(
    "safetensors",
    seeds: [
      safeTensorsBytes(
        #"{"__metadata__":{"step":"7"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
          + #""b":{"dtype":"F64","shape":[],"data_offsets":[8,16]},"c":{"dtype":"F32","shape":[0],"data_offsets":[16,16]}}"#,
        tensorByteCount: 16),
      safeTensorsBytes("{}", tensorByteCount: 0),
      Array(#"{"a":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}"#.utf8) + [0] + (1...8),
    ],
    words: ["dtype", "shape", "data_offsets", "__metadata__", "F32", "F64", "BF16", #"":{""#, "9223372036854775807"],
    hostile: {
      let deep = String(repeating: "[", count: 1 << 20)
      let nested = String(repeating: #"{"a":"#, count: 1 << 18)
      let many = (0..<20_000).map { #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
      let long = String(repeating: "9", count: 1 << 20)
      let extents = [String](repeating: "1", count: 1 << 19).joined(separator: ",")
      return [
        ("deep arrays", safeTensorsBytes(deep, tensorByteCount: 0)),
        ("deep objects", safeTensorsBytes(nested, tensorByteCount: 0)),
        ("many tensors", safeTensorsBytes("{\(many.joined(separator: ","))}", tensorByteCount: 0)),
        ("a long number", safeTensorsBytes(#"{"a":{"dtype":"F32","shape":[\#(long)]}}"#, tensorByteCount: 0)),
        (
          "many extents",
          safeTensorsBytes(
            #"{"a":{"dtype":"F32","shape":[\#(extents)],"data_offsets":[0,4]}}"#, tensorByteCount: 4)
        ),
      ]
    }
  ) { bytes in
    var file = bytes
    if bytes.first == UInt8(ascii: "{") {
      let header = bytes.prefix { $0 != 0 }
      file = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      file += bytes.dropFirst(header.count + 1)
    }
    guard let file = try? SafeTensorsFile(decoding: Data(file), named: "input") else { return false }
    for entry in file.entries {
      let elements: [Float] = file.elements(of: entry)
      precondition(elements.count == entry.extents.reduce(1, *), "a tensor has the elements of its extents")
    }
    return true
  }

  private static func safeTensorsBytes(_ header: String, tensorByteCount: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + header.utf8
      + [UInt8](repeating: 0x3F, count: tensorByteCount)
  }
}
