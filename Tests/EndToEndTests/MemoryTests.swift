import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What the parameters of a network take.
  @Suite("Memory")
  struct Memory {
    /// Images so large that almost all parameters are the first layer's 128 filters.
    private static func write(imagesOf side: Int, to folder: TemporaryFolder) throws {
      try FileManager.default.createDirectory(atPath: folder.file("\(side)"), withIntermediateDirectories: true)
      for (first, part) in ["train", "t10k"].enumerated() {
        try folder.write(Samples.images(count: 64, from: first, side: side), to: "\(side)/\(part)-images-idx3-ubyte")
        try folder.write(Samples.labels(count: 64), to: "\(side)/\(part)-labels-idx1-ubyte")
      }
    }

    /// Bytes of server and coordinator after some steps: their own memory, and what they lend to others.
    private static func run(
      _ options: String, side: Int, in folder: TemporaryFolder
    ) throws -> (server: Int, coordinator: Int) {
      try write(imagesOf: side, to: folder)
      let output = folder.file("run-\(side)")
      let process = try TareProcess(
        SmallRun.arguments(
          "--network mlp --lr 1e-6 --dataset mnist --data \(folder.file("\(side)")) --batch 8 --microbatch 4 --steps 40 "
            + "--set execution.tensorboard=false --progress plain \(options)", output: output))
      defer { try? FileManager.default.removeItem(atPath: output) }
      _ = try #require(process.waitForError(containing: "step 24/"))
      // Until it goes on, the others wait for it at the next milestone.
      process.signal(SIGSTOP)
      let server = try #require(process.children.first { $0.name == "server 0" }?.ownMemory)
      let coordinator = try #require(RunningProcess(id: process.id, arguments: []).ownMemory)
      process.signal(SIGCONT)
      let ending = process.finish()
      try #require(ending.exitCode == 0, "\(ending.errors)")
      return (server, coordinator)
    }

    @Test(
      "a server has room for four numbers a parameter, one for each optimizer state, and 30 MB; a coordinator has none",
      arguments: [("sgd", 0), ("adam", 2)])
    func limit(optimizer: String, states: Int) throws {
      let folder = try TemporaryFolder()
      let options = "--optimizer \(optimizer) --workers 2 --checkpoint-every 10"
      for side in [100, 300] {
        let parameters = side * side * 128
        let (server, coordinator) = try Self.run(options, side: side, in: folder)
        #expect(server <= (4 + states) * 4 * parameters + 30_000_000, "\(server) bytes for \(parameters) parameters")
        // Checkpoints have been written.
        #expect(coordinator <= 30_000_000, "\(coordinator) bytes for \(parameters) parameters")
      }
    }
  }
}
