import Foundation
import TestSupport
import Testing
import Transport

extension EndToEnd {
  /// A sweep whose runs share the machines of one pool.
  @Suite("Sweep over hosts")
  struct SweepOverHosts {
    private static let plan = """
      sweep: shared
      base:
        {network: mlp, steps: 300, microbatch: 16, dataset: {limit: 512}, execution: {evaluateEvery: 100, workers: 2}}
      axes: {seed: [1, 2, 3, 4]}
      """

    /// The weights of each run, in the order of the plan.
    private static func weights(_ folder: String) throws -> [Data] {
      let runs = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/runs").sorted()
      return try runs.map { try Data(contentsOf: URL(filePath: "\(folder)/runs/\($0)/weights/final.safetensors")) }
    }

    private static func local(in folder: TemporaryFolder) throws -> [Data] {
      try Data(plan.utf8).write(to: URL(filePath: folder.file("plan.yaml")))
      let ending = try TareProcess.run(["sweep", folder.file("plan.yaml"), "--output", folder.file("local")])
      try #require(ending.exitCode == 0, "\(ending.errors)")
      return try weights(folder.file("local"))
    }

    @Test("a machine with slots for two runs trains two at a time, with the bits of a sweep on this machine")
    func sameBits() throws {
      let folder = try TemporaryFolder()
      let expected = try Self.local(in: folder)
      let process = try TareProcess([
        "sweep", folder.file("plan.yaml"), "--output", folder.file("hosts"), "--hosts", "localhost:4",
      ])
      let ending = process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try Self.weights(folder.file("hosts")) == expected)
      process.expectNothingLeft()
    }

    @Test("when a machine is lost, its runs go on on another one, with the same bits")
    func lostMachine() throws {
      let folder = try TemporaryFolder()
      let expected = try Self.local(in: folder)
      let (port, key) = (try LoopbackPort.free(), RunKey().text)
      func rank(_ rank: Int) throws -> TareProcess {
        try TareProcess(
          ["sweep", folder.file("plan.yaml"), "--output", folder.file("ranks"), "--launcher", "env"],
          variables: [
            "RANK": "\(rank)", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)", "TARE_KEY": key,
          ])
      }
      let leader = try rank(0)
      let other = try rank(1)
      // Its first run has only begun, so it must go on elsewhere. Later, the machine might be lost between two runs.
      _ = try #require(other.waitForChild())
      let lost = other.children
      other.signal(SIGKILL)
      _ = other.finish()
      for child in lost { #expect(child.waitForEnd(within: Deadline.event), "\(child.name) outlived its agent") }
      let ending = leader.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(ending.errors.contains("host rank 1 was lost"), "\(ending.errors)")
      #expect(try Self.weights(folder.file("ranks")) == expected)
      leader.expectNothingLeft()
    }

    @Test("a run that is wider than every machine fails by name, and nothing is left")
    func tooWide() throws {
      let folder = try TemporaryFolder()
      try Data(Self.plan.utf8).write(to: URL(filePath: folder.file("plan.yaml")))
      let process = try TareProcess([
        "sweep", folder.file("plan.yaml"), "--output", folder.file("narrow"), "--hosts", "localhost:1",
      ])
      let ending = process.finish()
      #expect(ending.exitCode == 1)
      #expect(ending.errors.contains("a run takes 2 slots, and no host has more than 1"), "\(ending.errors)")
      process.expectNothingLeft()
    }
  }
}
