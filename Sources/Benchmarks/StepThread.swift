package import Datasets
import Foundation
package import RunDefinition

/// What takes steps for about as long as it is asked to; made and used on one thread.
protocol Stepping {
  func imagesPerSecond(over seconds: Double) throws -> Double
}

/// A thread that takes steps on request, so that several can be measured at the same time.
package final class StepThread: @unchecked Sendable {
  // Handed over by the semaphores: the caller's until `requested` is signaled, then the thread's until `answered` is.
  private var seconds: Double?
  private var outcome = Result<Double, any Error>.success(0)
  private let requested = DispatchSemaphore(value: 0)
  private let answered = DispatchSemaphore(value: 0)

  /// - Parameter workers: of which one takes its part of each step; `nil` for whole steps.
  package convenience init(_ definition: RunDefinition, _ dataset: Dataset, ofOneIn workers: Int? = nil) throws {
    try self.init { try WorkerStep(definition, dataset, ofOneIn: workers) }
  }

  /// Returns once the thread has made what it measures and warmed up.
  init(_ make: @escaping @Sendable () throws -> any Stepping) throws {
    let thread = Thread { [self] in
      let made = Result {
        let step = try make()
        _ = try step.imagesPerSecond(over: 0.2)
        return step
      }
      outcome = made.map { _ in 0 }
      answered.signal()
      while true {
        requested.wait()
        guard let seconds else { return }
        outcome = made.flatMap { step in Result { try step.imagesPerSecond(over: seconds) } }
        answered.signal()
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
    _ = try result()
  }

  /// Starts stepping for about `seconds`.
  package func begin(seconds: Double) {
    self.seconds = seconds
    requested.signal()
  }

  /// Waits for what was begun: images a second.
  package func result() throws -> Double {
    answered.wait()
    return try outcome.get()
  }

  /// Ends the thread.
  package func close() {
    seconds = nil
    requested.signal()
  }
}
