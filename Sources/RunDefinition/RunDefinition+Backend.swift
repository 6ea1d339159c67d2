package import NeuralNetwork
package import Parameters
import Specification

extension RunDefinition {
  /// What layers hand on to each other.
  package var activations: Backends.Activations { spec.precision == .bfloat16 ? .bfloat16 : .full }

  /// The network of a worker's thread, for use on the calling one.
  package func makeBackend<Scalar: KernelScalar>() throws(NetworkError) -> any Backend<Scalar> {
    try Backends.make(
      architecture, microbatch: spec.microbatch, kind: spec.backend == .reference ? .reference : .oneDNN,
      settings: .init(activations, labelSmoothing: spec.labelSmoothing ?? 0, seed: UInt64(spec.seed)))
  }
}
