package import Coordination
import Foundation
import NeuralNetwork
import Parameters
import RunDefinition
import Specification
import Synchronization
import Worker

/// Waits in place of computing, and hands in gradients of zeros: `tare simulate --emulate` has more workers than cores.
///
/// Nothing is learned. Such a worker shows another fingerprint than one that computes, so that no run has both, and none that
/// is recorded has either.
package final class EmulatedComputing: Sendable {
  /// Seconds that a thread takes for a microbatch.
  private let microbatchSeconds: Double
  /// The last step that was begun.
  private let begun = Mutex(-1)

  /// In the environment of a worker, for `init(text:)`.
  package static let variable = "TARE_EMULATED_MICROBATCH"
  /// In place of the probe and of the images.
  static let probe = "emulated"

  /// - Returns: `nil` if `text` is not a number of seconds.
  package init?(text: String) {
    guard let seconds = Double(text), (0...1000).contains(seconds) else { return nil }
    microbatchSeconds = seconds
  }

  package static func made(_ fingerprint: Fingerprint) -> Bool { fingerprint.probe == probe }

  /// A worker's line on stderr when it has all weights of a step.
  package static func note(step: Int, at time: Double) -> String { "emulated step \(step) at \(time)" }

  /// The step and the time in such a line.
  package static func read(_ line: some StringProtocol) -> (step: Int, time: Double)? {
    let words = line.split(separator: " ")
    guard words.count == 5, words.prefix(2) == ["emulated", "step"], let step = Int(words[2]),
      let time = Double(words[4])
    else { return nil }
    return (step, time)
  }

  /// Notes that a step begins, once.
  ///
  /// - Returns: when the microbatch begins.
  fileprivate func begin(_ step: Int) -> Double {
    let start = Clock.ofMachine
    let isFirst = begun.withLock { last in
      defer { last = max(last, step) }
      return step > last
    }
    if isFirst {
      let line = Array((Self.note(step: step, at: start) + "\n").utf8)
      _ = unsafe write(2, line, line.count)
    }
    return start
  }

  /// Returns when a part of the microbatch would be done.
  fileprivate func wait(for part: Double, since start: Double) {
    Thread.sleep(forTimeInterval: max(0, start + part * microbatchSeconds - Clock.ofMachine))
  }
}

extension ComputeThreads {
  convenience init(count: Int, definition: RunDefinition, emulating emulated: EmulatedComputing) throws {
    try self.init(count: count, imagesDigest: EmulatedComputing.probe) { EmulatedBench(definition, emulated) }
  }
}

/// Has neither images nor a network.
private struct EmulatedBench<Scalar: KernelScalar>: Bench {
  private let definition: RunDefinition
  private let emulated: EmulatedComputing

  init(_ definition: RunDefinition, _ emulated: EmulatedComputing) {
    (self.definition, self.emulated) = (definition, emulated)
  }

  func perform(_ job: ComputeThreads<Scalar>.Job, _ post: (Finished) -> Void) {
    let samples = definition.spec.microbatch
    let tally = Tally(samples: samples)
    switch job {
    case .gradient(let task):
      let start = emulated.begin(task.step)
      unsafe task.gradient.elements.update(repeating: 0)
      for (segment, part) in definition.segmentCompletions.enumerated().reversed() {
        emulated.wait(for: part, since: start)
        post(segments(segment..<segment + 1, of: task, tally, definition.shards, samples: samples))
      }
    case .evaluation(let task): post(.evaluation(task, tally))
    case .probe: post(.probe(EmulatedComputing.probe))
    }
  }
}
