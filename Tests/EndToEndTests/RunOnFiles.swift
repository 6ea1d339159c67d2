import Foundation
import TestSupport
import Testing

/// A short run on images in MNIST's files, to be exported and computed again by others.
struct RunOnFiles {
  /// Where the images are: `t10k-images-idx3-ubyte` and the like.
  let data: String
  let folder: String
  let record: Record
  private let scratch: TemporaryFolder

  /// What `run.json` says.
  struct Record: Decodable {
    struct Result: Decodable { let testLoss, testError: Double }
    struct Inputs: Decodable {
      struct Standardization: Decodable { let mean, deviation: [Double] }
      let standardization: Standardization
    }
    let result: Result
    let inputs: Inputs
  }

  static let settings = ["--steps", "12", "--set", "dataset.limit=128", "--batch", "64", "--progress", "none"]

  /// - Parameter plan: its text.
  init(plan: String) throws {
    scratch = try TemporaryFolder()
    data = scratch.file("data")
    folder = scratch.file("run")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    for (first, (part, count)) in [("train", 128), ("t10k", 100)].enumerated() {
      try scratch.write(Samples.images(count: count, from: first), to: "data/\(part)-images-idx3-ubyte")
      try scratch.write(Samples.labels(count: count), to: "data/\(part)-labels-idx1-ubyte")
    }
    let plan = try scratch.write(Array(plan.utf8), to: "plan.yaml")
    let trained = try TareProcess(
      ["train", plan, "--dataset", "mnist", "--data", data, "--output", folder] + Self.settings
    ).finish()
    try #require(trained.exitCode == 0, "\(trained.errors)")
    record = try JSONDecoder().decode(
      Record.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/run.json")))
  }

  /// A path beside the run.
  func file(_ name: String) -> String { scratch.file(name) }

  /// A plan of conv3 with a normalization, or of the layers of `list`.
  static func plan(_ normalization: String, list: String) -> String {
    normalization == "list" ? list : "network: conv3\nnormalization: \(normalization)\n"
  }
}
