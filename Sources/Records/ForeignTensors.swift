import Foundation

/// The floating-point tensors of anybody's safetensors file, as `Double`. Others, such as PyTorch's `num_batches_tracked`, can
/// be there and are not read.
package struct ForeignTensors: Sendable {
  package let path: String
  /// In the order of the file.
  package let names: [String]
  private let file: SafeTensorsFile
  private let entries: [String: SafeTensorsFile.Entry]
  private let others: [SafeTensorsFile.Entry]

  /// Maps the file.
  ///
  /// - Throws: `RecordError` for a file that can't be read or is not of the format.
  package init(_ path: String) throws(RecordError) {
    self.path = path
    try Self.checkKind(of: path)
    file = try SafeTensorsFile(path, accepting: Set(SafeTensorsEncoding.allCases))
    let floating = file.entries.filter(\.encoding.isConverted)
    others = file.entries.filter { !$0.encoding.isConverted }
    names = floating.map(\.name)
    entries = Dictionary(uniqueKeysWithValues: floating.map { ($0.name, $0) })
  }

  /// `nil` if there is no such tensor.
  package func extents(of name: String) -> [Int]? { entries[name]?.extents }

  /// Why a tensor that is there cannot be read, as the rest of a sentence about the file; `nil` if it is not its type.
  ///
  /// - Parameter isMeant: by the name and the extents, of tensors of types that are not converted.
  package func refusal(where isMeant: (_ name: String, _ extents: [Int]) -> Bool) -> String? {
    others.first { isMeant($0.name, $0.extents) }.map {
      "stores \($0.name) as \($0.encoding.rawValue); accepted: \(SafeTensorsEncoding.convertedNames)"
    }
  }

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
