import Records
import Specification

/// One worker on the whole batch and several on its parts give the same bits: microbatches and their tree are the same.
struct DistributedIsSerial: Claim {
  let number = 10
  let group = ClaimGroup.exact
  let statement = "Any number of workers and servers trains the same weights as one, in every bit."
  let source = "of this system: fixed microbatches, one reduction tree"

  let picture: ClaimPicture? = ClaimPicture(
    x: .init("workers"), y: .init("relative difference of the losses", logarithmic: true),
    caption: "The losses of several workers against those of one worker and one server: no bit differs.")

  func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let counts = [(1, 1), (2, 1), (3, 2), (4, 2)]
    let specs = counts.map { workers, servers in
      setting.exactSpec(steps: setting.isReduced ? 8 : 40) { spec in
        // Seven microbatches: a tree that no number of workers divides evenly.
        spec.batch = 7 * spec.microbatch
        spec.execution.workers = workers
        spec.execution.servers = servers
      }
    }
    let observations = try laboratory.train(specs)
    return zip(counts, observations).dropFirst().map { count, observation in
      let hashes = [observations[0], observation].map { $0.result?.weightsSHA256 ?? "diverged" }
      return Finding(
        "\(count.0) workers, \(count.1) servers: SHA-256 of the weights", expected: String(hashes[0].prefix(12)),
        measured: String(hashes[1].prefix(12)), tolerance: "none",
        holds: hashes[0] == hashes[1] && observation.losses == observations[0].losses,
        marks: Finding.bits("", observations[0].losses, observation.losses).drawn(
          count.1 == 1 ? "1 server" : "\(count.1) servers", x: Double(count.0)
        ).marks ?? [])
    }
  }
}
