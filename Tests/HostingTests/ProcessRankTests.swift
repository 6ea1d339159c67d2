import Failures
import Hosting
import Testing
import Transport

/// What the variables of launchers say.
@Suite("Rank of a process")
struct ProcessRankTests {
  private static let key = "00112233445566778899aabbccddeeff"

  private static func rank(_ variables: [String: String]) throws -> ProcessRank {
    try ProcessRank(variables.merging(["TARE_KEY": key], uniquingKeysWith: { a, _ in a }))
  }

  // As the launchers set them: torchrun 2.x, mpirun of Open MPI 4.1, MPICH's Hydra, srun of Slurm 22.05, an indexed Job.
  @Test(
    "each kind of launcher is understood",
    arguments: [
      (
        ["RANK": "2", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "n0", "MASTER_PORT": "29500"],
        2, 4, "n0", 29500
      ),
      (
        ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_LOCAL_SIZE": "3"],
        1, 3, "127.0.0.1", 7117
      ),
      (["PMI_RANK": "0", "PMI_SIZE": "2", "MASTER_ADDR": "fd00::1"], 0, 2, "fd00::1", 7117),
      (
        [
          "SLURM_PROCID": "1", "SLURM_NTASKS": "3", "SLURM_STEP_ID": "0", "SLURM_STEP_NODELIST": "node[07-09]",
          "SLURM_STEP_TASKS_PER_NODE": "1(x3)", "SLURM_JOB_ID": "12345",
        ], 1, 3, "node07", 22345
      ),
      (["JOB_COMPLETION_INDEX": "2", "WORLD_SIZE": "3", "MASTER_ADDR": "tare-0.tare"], 2, 3, "tare-0.tare", 7117),
      // mpirun starts its daemons by srun, whose variables are not this process's.
      (
        [
          "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
          "SLURM_PROCID": "0", "SLURM_NTASKS": "1", "SLURM_STEP_ID": "0", "MASTER_ADDR": "a", "MASTER_PORT": "9",
        ],
        1, 2, "a", 9
      ),
      (
        [
          "RANK": "1", "WORLD_SIZE": "2", "SLURM_PROCID": "1", "SLURM_NTASKS": "2", "SLURM_STEP_ID": "0",
          "MASTER_ADDR": "a", "MASTER_PORT": "9",
        ], 1, 2, "a", 9
      ),
    ] as [([String: String], Int, Int, String, UInt16)])
  func kinds(_ variables: [String: String], rank: Int, size: Int, leader: String, port: UInt16) throws {
    let place = try Self.rank(variables)
    #expect(place.rank == rank && place.size == size && place.leader == leader && place.port == port)
    #expect(place.key == RunKey(text: Self.key))
  }

  @Test(
    "what is missing or contradicts itself is refused with the names of the variables",
    arguments: [
      ([:], "finds no rank in the environment"),
      (["SLURM_PROCID": "0", "SLURM_NTASKS": "3"], "finds no rank in the environment"),
      (
        ["RANK": "0", "WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"],
        "RANK is 0, but OMPI_COMM_WORLD_RANK is 1"
      ),
      (
        ["RANK": "1", "WORLD_SIZE": "2", "SLURM_PROCID": "1", "SLURM_NTASKS": "3", "SLURM_STEP_ID": "0"],
        "WORLD_SIZE is 2, but SLURM_NTASKS is 3"
      ),
      (["RANK": "2", "WORLD_SIZE": "2", "MASTER_ADDR": "a"], "RANK is 2, but WORLD_SIZE is 2"),
      (["RANK": "1", "MASTER_ADDR": "a"], "WORLD_SIZE is missing"), (["WORLD_SIZE": "2"], "RANK is missing"),
      (["JOB_COMPLETION_INDEX": "0"], "WORLD_SIZE is missing"),
      (["RANK": "x", "WORLD_SIZE": "2"], "RANK is \"x\""), (["RANK": "0", "WORLD_SIZE": "0"], "WORLD_SIZE is \"0\""),
      (["RANK": "0", "WORLD_SIZE": "2"], "MASTER_ADDR is missing"),
      (["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "MASTER_PORT": "0"], "MASTER_PORT is \"0\""),
      (["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "a", "TARE_KEY": "secret"], "TARE_KEY is no key"),
    ] as [([String: String], String)])
  func refusals(_ variables: [String: String], _ words: String) {
    let error = #expect(throws: UsageError.self) { try Self.rank(variables) }
    #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
    // A key is never repeated.
    #expect(!"\(String(describing: error))".contains("secret"))
  }

  @Test("without a key, how to make one is said")
  func noKey() {
    let error = #expect(throws: UsageError.self) {
      try ProcessRank(["RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "a"])
    }
    #expect("\(String(describing: error))".contains("TARE_KEY is missing"))
  }

  @Test("slots: what a launcher bound, or a share of a machine that several ranks use")
  func slots() throws {
    let place = try Self.rank(["RANK": "0", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "3", "MASTER_ADDR": "a"])
    #expect(place.slots(of: 8, online: 8) == 2)
    #expect(place.slots(of: 2, online: 8) == 2)
    #expect(place.slots(of: 2, online: 2) == 1)
    let alone = try Self.rank(["RANK": "0", "WORLD_SIZE": "4", "MASTER_ADDR": "a"])
    #expect(alone.slots(of: 8, online: 8) == 8)
  }
}
