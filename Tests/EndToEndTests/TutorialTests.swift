import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// docs/tutorial.md in the way of its reader: its files are saved, its commands run one after another, in one folder.
  @Suite("Tutorial")
  struct TutorialTests {
    private enum Block {
      case file(name: String, text: String)
      case commands([String])
    }

    private static let python = PythonProgram.interpreter("TARE_TORCH_PYTHON", importing: "torch, safetensors")

    /// Every block of the page, in its order: files begin with a comment that is their name.
    private static func blocks() throws -> [Block] {
      let page = DocumentedCommand.repository.appending(path: "docs/tutorial.md")
      let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
      return stride(from: 1, to: parts.count, by: 2).compactMap { index in
        var lines = parts[index].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let kind = lines.removeFirst()
        if ["sh", "console"].contains(kind) { return .commands(lines.filter { !$0.isEmpty }) }
        return lines[0].hasPrefix("# ")
          ? .file(name: String(lines[0].dropFirst(2)), text: lines.joined(separator: "\n")) : nil
      }
    }

    /// Where there is no PyTorch, files with the names and extents of the page's tensors take the place of those that its
    /// program writes.
    private static func writeCheckpoints(to folder: TemporaryFolder) throws {
      let tensors = [("0.weight", [16, 1, 3, 3]), ("4.weight", [32, 16, 3, 3]), ("8.weight", [10, 800])]
      for step in stride(from: 0, through: 200, by: 20) {
        var (entries, bytes) = ([String](), [UInt8]())
        for (name, extents) in tensors {
          let count = extents.reduce(1, *)
          let values = (0..<count).map { Float(sin(Double($0) + Double(step) / 100)) }
          let offsets = "[\(bytes.count),\(bytes.count + 4 * count)]"
          entries.append("\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(extents),\"data_offsets\":\(offsets)}")
          bytes += unsafe values.withUnsafeBytes { unsafe Array($0) }
        }
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        try folder.write(length + header + bytes, to: "step-\(step).safetensors")
      }
    }

    @Test(
      "every command of the page succeeds, in its order (its PyTorch program only where TARE_TORCH_PYTHON has PyTorch)")
    func commands() throws {
      let folder = try TemporaryFolder()
      for block in try Self.blocks() {
        switch block {
        case .file(let name, let text): try folder.write(Array(text.utf8), to: name)
        case .commands(let lines):
          for line in lines {
            if line.hasPrefix("python3 ") {
              guard let python = Self.python else {
                try Self.writeCheckpoints(to: folder)
                continue
              }
              try run("\(python) \(line.dropFirst("python3 ".count))", in: folder)
            } else {
              try run(line, in: folder)
            }
          }
        }
      }
      let promised =
        ["decayed", "map", "mine"].map { $0 + "/report/index.html" }
        + ["both/index.html", "decayed/torch/model.py", "decayed/onnx/model.onnx"]
      #expect(promised.filter { !FileManager.default.fileExists(atPath: folder.file($0)) } == [])
    }

    private func run(_ line: String, in folder: TemporaryFolder) throws {
      let script = "cd '\(folder.path)' && tare() { \"$0\" \"$@\"; } && \(line)"
      let ending = try TareProcess([], through: script).finish()
      #expect(ending.exitCode == 0, "\(line): \(ending.errors)")
    }
  }
}
