import Datasets
import Foundation
import Parameters
import TestSupport
import Testing

/// Files that NumPy itself has written.
@Suite("NumPy's own files", .enabled(if: NumPy.python != nil, "skipped: \(NumPy.missing)"))
struct RealNumPyTests {
  /// Pixel (n, y, x, c) is (31 n + 7 y + 3 x + 101 c) mod 256, and label n is n mod 4.
  private static let script = """
    import numpy as np, sys
    folder, kind = sys.argv[1:]
    n, y, x, c = np.indices((6, 5, 4, 3))
    images = ((31 * n + 7 * y + 3 * x + 101 * c) % 256).astype(np.uint8)
    labels = np.arange(6) % 4
    if kind == "first": images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    if kind == "fortran": images = np.asfortranarray(images)
    if kind == "float": images = (images / 255).astype(np.float32)
    if kind == "object": labels = labels.astype(object)
    if kind in ("savez", "compressed"):
        save = np.savez if kind == "savez" else np.savez_compressed
        save(f"{folder}/all.npz", x_train=images, y_train=labels, x_test=images[:2] + 1, y_test=labels[:2].astype(np.uint8))
    else:
        for part, m in ("train", 6), ("test", 2):
            np.save(f"{folder}/{part}_images.npy", images[:m])
            np.save(f"{folder}/{part}_labels.npy", labels[:m])
    """

  private func folder(_ kind: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try NumPy.run(Self.script, [folder.path, kind])
    return folder
  }

  @Test("are read", arguments: ["last", "first", "savez", "compressed"])
  func images(kind: String) throws {
    let folder = try folder(kind)
    #expect(try Dataset.name(ofFolder: folder.path) == "numpy")
    let train = try Dataset(DatasetRequest(name: "numpy", path: folder.path)).train
    #expect(train.shape == ImageShape(channels: 3, height: 5, width: 4))
    #expect(train.labels == [0, 1, 2, 3, 0, 1] && train.classNames == ["0", "1", "2", "3"])
    for n in 0..<6 {
      var expected: [UInt8] = []
      for c in 0..<3 {
        for y in 0..<5 { for x in 0..<4 { expected.append(UInt8((31 * n + 7 * y + 3 * x + 101 * c) % 256)) } }
      }
      #expect(train.bytes(of: n) == expected)
    }
  }

  @Test(
    "are refused for what they are", arguments: [("fortran", "Fortran"), ("float", "float32"), ("object", "pickled")])
  func refusals(kind: String, word: String) throws {
    let folder = try folder(kind)
    let complaint = Samples.complaint(DatasetRequest(name: "numpy", path: folder.path))
    #expect(complaint?.description.contains(word) == true, "\(complaint?.description ?? "")")
  }
}

/// A Python that has NumPy.
enum NumPy {
  static let missing =
    "no Python that can import numpy: give one in TARE_PYTHON_CLIENT, or put it on the PATH as python3"

  /// The interpreter: `TARE_PYTHON_CLIENT`, or else `python3`.
  static let python: String? = {
    let python = ProcessInfo.processInfo.environment["TARE_PYTHON_CLIENT"] ?? "python3"
    return (try? run("import numpy", [], with: python)).map { python }
  }()

  struct Failure: Error { let words: String }

  static func run(_ script: String, _ arguments: [String]) throws {
    try run(script, arguments, with: try #require(python))
  }

  private static func run(_ script: String, _ arguments: [String], with python: String) throws {
    let (process, errors) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-c", script] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(words: text) }
  }
}
