import Foundation
import TestSupport
import Testing
import Transport

extension EndToEnd {
  /// Processes that another program starts with one command, and that find each other by their variables.
  @Suite("Ranks")
  struct Ranks {
    private static let run =
      "--network mlp --steps 60 --microbatch 16 --workers 3 --set execution.evaluateEvery=40"

    private static func arguments(_ output: String) -> [String] {
      SmallRun.arguments("\(run) --launcher env", output: output)
    }

    private static func variables(_ rank: Int, of size: Int, port: UInt16, key: String) -> [String: String] {
      [
        "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "LOCAL_WORLD_SIZE": "1", "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "\(port)", "TARE_KEY": key,
      ]
    }

    @Test("ranks started by a shell train with the same bits, and none is left")
    func shell() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let (port, key) = (try LoopbackPort.free(), RunKey().text)
      // Rank 0 last: the others try again until it is there.
      let ranks = try [2, 1, 0].map { rank in
        try TareProcess(
          Self.arguments(folder.file("run")), variables: Self.variables(rank, of: 3, port: port, key: key))
      }
      for (rank, process) in zip([2, 1, 0], ranks) {
        let ending = process.finish()
        #expect(ending.exitCode == 0, "rank \(rank): \(ending.errors)")
        #expect(ending.errors.contains("rank \(rank) of 3 by RANK and WORLD_SIZE"), "\(ending.errors)")
        if rank == 0 { #expect(try ending.weightsSHA256 == expected) }
        process.expectNothingLeft()
      }
    }

    @Test(
      "mpirun",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun"), "mpirun is not installed"))
    func openMPI() throws {
      let folder = try TemporaryFolder()
      let expected = try SmallRun(Self.run, in: folder.file("expected")).ending.weightsSHA256
      let port = try LoopbackPort.free()
      let process = try TareProcess(
        Self.arguments(folder.file("run")),
        through: "exec mpirun --allow-run-as-root --oversubscribe --bind-to none -n 3 \"$0\" \"$@\"",
        variables: ["TARE_KEY": RunKey().text, "MASTER_PORT": "\(port)"])
      let ending = process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(ending.errors.contains("rank 2 of 3 by OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE"))
      #expect(try ending.weightsSHA256 == expected)
      process.expectNothingLeft()
    }

    @Test("a rank that doesn't come is named, and every other rank ends with a failure")
    func missingRank() throws {
      let folder = try TemporaryFolder()
      let (port, key) = (try LoopbackPort.free(), RunKey().text)
      let ranks = try [0, 1].map { rank in
        try TareProcess(
          Self.arguments(folder.file("run")) + ["--join-deadline", "3"],
          variables: Self.variables(rank, of: 3, port: port, key: key))
      }
      let endings = ranks.map { $0.finish() }
      #expect(endings[0].exitCode == 69)
      #expect(endings[0].errors.contains("host rank 2 has not joined"), "\(endings[0].errors)")
      for rank in ranks { rank.expectNothingLeft() }
    }

    @Test("a wrong key on one rank is refused there")
    func wrongKey() throws {
      let folder = try TemporaryFolder()
      let (port, key) = (try LoopbackPort.free(), RunKey().text)
      let leader = try TareProcess(
        Self.arguments(folder.file("run")), variables: Self.variables(0, of: 2, port: port, key: key))
      let ending = try TareProcess(
        Self.arguments(folder.file("run")), variables: Self.variables(1, of: 2, port: port, key: RunKey().text)
      ).finish()
      #expect(ending.exitCode == 69)
      #expect(ending.errors.contains("does not accept this key"), "\(ending.errors)")
      leader.signal(SIGTERM)
      #expect(leader.finish().exitCode == 143)
      leader.expectNothingLeft()
    }
  }
}
