import Coordination
import Datasets
import Foundation
import Messages
import Parameters
import RunDefinition
import Specification

extension FuzzTarget {
  /// The run definition in a coordinator's welcome, as far as a role uses it before the network is built.
  static let definition = FuzzTarget(
    "definition", seeds: definitionSeeds,
    words: ["trainCount", "testCount", "classNames", "shape", "channels", "microbatch", "1e300", "-1", "null"]
  ) { bytes in
    // A role compares the number of servers with that of the welcome, which has this limit.
    guard let run = try? JSONDecoder().decode(RunDefinition.self, from: Data(bytes)),
      run.spec.execution.servers <= Limits.members
    else { return false }
    precondition(run.tree.leafCount > 0 && run.chunks.leafCount > 0 && run.steps > 0, "there is something to do")
    precondition(run.shards.shards.count == run.spec.execution.servers, "every server has a shard")
    precondition(run.stepsPerEpoch > 0 && run.spec.specHash.utf8.count == 64, "a run has an identity")
    precondition((1...run.steps).contains(run.evaluations.next(after: 0, steps: run.steps)), "the run is evaluated")
    return true
  }

  private static var definitionSeeds: [[UInt8]] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let images = try? DatasetSummary(DatasetRequest(name: "glyphs"))
    let definition = images.flatMap { try? RunDefinition(spec: RunSpec().resolved, images: $0) }
    return [definition.flatMap { try? Array(encoder.encode($0)) } ?? []]
  }
}
