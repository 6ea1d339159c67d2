import Foundation

/// The floating-point tensors of anybody's safetensors file, as `Double`. Integers, such as PyTorch's `num_batches_tracked`, are
/// left out.
package struct ForeignTensors: Sendable {
  package let path: String
  /// In the order of the file.
  package let names: [String]
  private let file: SafeTensorsFile
  private let entries: [String: SafeTensorsFile.Entry]

  /// Maps the file.
  ///
  /// - Throws: `RecordError` for a file that can't be read or is not of the format.
  package init(_ path: String) throws(RecordError) {
    self.path = path
    try Self.checkKind(of: path)
    file = try SafeTensorsFile(path, accepting: Set(SafeTensorsEncoding.allCases))
    let floating = file.entries.filter(\.encoding.isFloatingPoint)
    names = floating.map(\.name)
    entries = Dictionary(uniqueKeysWithValues: floating.map { ($0.name, $0) })
  }

  /// `nil` if there is no such tensor.
  package func extents(of name: String) -> [Int]? { entries[name]?.extents }

  /// Elements of a tensor that is there, in row-major order.
  package func values(of name: String, in range: Range<Int>? = nil) -> [Double] {
    guard let entry = entries[name] else { preconditionFailure("\(path) has no tensor \(name)") }
    return file.wideElements(of: entry, in: range)
  }

  /// A folder or a pipe has no tensors, and reading it would say something else.
  private static func checkKind(of path: String) throws(RecordError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .system("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw RecordError(.system(EISDIR), "Cannot read \(path): it is not a file.")
    }
  }
}
