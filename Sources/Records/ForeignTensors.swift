/// The floating-point tensors of anybody's safetensors file, as `Double`. Integers, such as PyTorch's `num_batches_tracked`, are
/// left out.
package struct ForeignTensors: Sendable {
  package let path: String
  private let file: SafeTensorsFile
  private let entries: [String: SafeTensorsFile.Entry]

  /// Maps the file.
  ///
  /// - Throws: `RecordError` for a file that can't be read or is not of the format.
  package init(_ path: String) throws(RecordError) {
    self.path = path
    file = try SafeTensorsFile(path, accepting: Set(SafeTensorsEncoding.allCases))
    entries = Dictionary(
      file.entries.filter { $0.encoding.isFloatingPoint }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// In the order of the file.
  package var names: [String] { file.entries.filter { $0.encoding.isFloatingPoint }.map(\.name) }

  package var metadata: [String: String] { file.metadata }

  /// `nil` if there is no such tensor.
  package func extents(of name: String) -> [Int]? { entries[name]?.extents }

  /// Elements of a tensor that is there, in row-major order.
  package func values(of name: String, in range: Range<Int>? = nil) -> [Double] {
    guard let entry = entries[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    return file.wideElements(of: entry, in: range)
  }
}
