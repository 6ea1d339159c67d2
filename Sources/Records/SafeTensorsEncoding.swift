/// How a safetensors file stores the elements of a tensor, by the format's names.
package enum SafeTensorsEncoding: String, Hashable, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"

  /// What Tare writes.
  package static let own: Set<SafeTensorsEncoding> = [.float32, .float64]

  /// What `SafeTensorsFile` converts, as messages say it.
  package static let convertedNames = allCases.filter(\.isConverted).map(\.rawValue).joined(separator: ", ")

  /// Whether `SafeTensorsFile` converts it to numbers.
  package var isConverted: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    default: false
    }
  }

  var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool, .float8E4M3, .float8E5M2: 1
    }
  }
}
