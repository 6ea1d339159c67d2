import Simulation
import Specification

extension HotPath {
  static let runs = [
    HotPath("spec hash") { { consume(RunSpec().specHash) } },
    // Coordinator, servers and workers as state machines, on a network that loses and delays.
    HotPath("simulated run") { { consume(try Simulator.play(seed: 1)) } },
  ]
}
