import Foundation
import Parameters
import Records

extension HotPath {
  static let records = [
    HotPath("safetensors write") {
      let (tensors, path) = (namedTensors(), temporaryFile("write"))
      return { try SafeTensors.write(tensors, metadata: ["step": "1"], to: path) }
    },
    HotPath("safetensors read") {
      let path = temporaryFile("read")
      try SafeTensors.write(namedTensors(), metadata: ["step": "1"], to: path)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      return {
        let file = try SafeTensorsFile(decoding: bytes, named: path)
        for entry in file.entries { consume(file.elements(of: entry, as: Float.self)) }
      }
    },
  ]

  /// In the folder for temporary files, which Tests/instructions makes and removes.
  private static func temporaryFile(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("\(name).safetensors").path
  }

  private static let weights = Buffer<Float>(count: 4096)

  private static func namedTensors() -> [NamedTensor] {
    (0..<16).map { index in
      let bytes = unsafe UnsafeRawBufferPointer(start: weights.start, count: weights.count * 4)
      return unsafe NamedTensor("layer\(index).weight", .float32, [64, 64], bytes: bytes)
    }
  }
}
