import Datasets
import NeuralNetwork
import OpenSSL
package import Parameters
import Specification

extension RunDefinition {
  /// Hash of samples of everything that is computed and not sent: initial weights, the permutation, the schedule.
  /// Members whose libraries round differently are found before they train.
  package func numbersFingerprint() -> String {
    var numbers: [Double] = []
    // Drawn, whatever the run begins with: workers do not read that.
    let initial = drawnWeights()
    for (index, parameter) in architecture.layout.parameters.enumerated() {
      numbers += (0..<min(4, parameter.shape.count)).map { initial.value(parameter: index, element: $0) }
    }
    numbers += stride(from: 1, through: steps, by: max(1, steps / 16)).map(factor)
    let stream = SampleStream(imageCount: images.trainCount, batchSize: spec.batch, seed: UInt64(spec.seed))
    numbers += stream.makePermutation(epoch: 0).prefix(64).map(Double.init)
    return unsafe numbers.withUnsafeBytes { unsafe Probe.digest($0) }
  }
}

package enum Probe {
  /// SHA-256, the first 16 hexadecimal digits.
  package static func digest(_ bytes: [UInt8]) -> String { unsafe bytes.withUnsafeBytes { unsafe digest($0) } }

  package static func digest(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    unsafe hash.update(bytes)
    return hash.finalize().prefix(8).hexadecimal
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package static func fill<Scalar: KernelScalar>(_ buffer: Buffer<Scalar>, with value: (Int) -> Double) {
    for index in 0..<buffer.count { unsafe buffer.start[index] = Scalar(value(index)) }
  }
}
