import Foundation
import Parameters
import Records

/// What `Fixtures/make_safetensors.py` wrote.
struct PythonFixture: Decodable {
  let file: String
  let metadata: [String: String]
  let sha256: String
  let tensors: [Tensor]

  struct Tensor: Decodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let values: [Double]
  }

  /// The bytes of the file.
  var bytes: [UInt8] {
    let digits = Array(file.utf8).map { UInt8($0 > 57 ? $0 - 87 : $0 - 48) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func load(_ name: String) throws -> PythonFixture {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/safetensors.json")
    let all = try JSONDecoder().decode([String: PythonFixture].self, from: Data(contentsOf: path))
    struct Missing: Error {}
    guard let fixture = all[name] else { throw Missing() }
    return fixture
  }

  /// Lends the tensors, in an order that is not that of the names.
  func withTensors<Result>(_ body: ([NamedTensor]) throws -> Result) rethrows -> Result {
    let memory = tensors.map { tensor in
      tensor.dtype == "float32"
        ? unsafe tensor.values.map(Float.init).withUnsafeBytes { unsafe Array($0) }
        : unsafe tensor.values.withUnsafeBytes { unsafe Array($0) }
    }
    var lent: [NamedTensor] = []
    var copies: [UnsafeMutableRawBufferPointer] = unsafe []
    defer { unsafe copies.forEach { unsafe $0.deallocate() } }
    for (tensor, bytes) in zip(tensors, memory).reversed() {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      unsafe copy.copyBytes(from: bytes)
      unsafe copies.append(copy)
      lent.append(
        unsafe NamedTensor(
          tensor.name, tensor.dtype == "float32" ? .float32 : .float64, tensor.shape,
          bytes: UnsafeRawBufferPointer(copy)))
    }
    return try body(lent)
  }
}
