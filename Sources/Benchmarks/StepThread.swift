package import Datasets
import Foundation
package import RunDefinition

/// What takes steps; made and used on one thread.
protocol Stepping {
  var imagesPerStep: Int { get }

  /// Takes a step.
  ///
  /// - Returns: the time that counts; `nil` for all of it, with the time until the next step.
  func advance() throws -> Duration?
}

extension Stepping {
  /// Steps for about `seconds`, and what they came to.
  fileprivate func imagesPerSecond(over seconds: Double, inStepWith others: StepBarrier? = nil) throws -> Double {
    let start = ContinuousClock.now
    var (images, counted, continues) = (0, Duration.zero, true)
    repeat {
      let part = try advance()
      images += imagesPerStep
      continues = start.duration(to: .now).seconds < seconds
      if let others { continues = others.wait(continues: continues) }
      counted = part.map { counted + $0 } ?? start.duration(to: .now)
    } while continues
    return Double(images) / counted.seconds
  }
}

/// A thread that takes steps on request, so that several can be measured at the same time.
package final class StepThread: @unchecked Sendable {
  // Handed over by the semaphores: the caller's until `requested` is signaled, then the thread's until `answered` is.
  private var request: (seconds: Double, others: StepBarrier?)?
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
        guard let request else { return }
        outcome = made.flatMap { step in
          Result { try step.imagesPerSecond(over: request.seconds, inStepWith: request.others) }
        }
        if case .failure = outcome { request.others?.close() }
        answered.signal()
      }
    }
    thread.stackSize = 8 << 20
    thread.start()
    _ = try result()
  }

  /// Starts stepping for about `seconds`.
  ///
  /// - Parameter others: waits for them after each step; one whose step fails ends all.
  package func begin(seconds: Double, inStepWith others: StepBarrier? = nil) {
    request = (seconds, others)
    requested.signal()
  }

  /// Waits for what was begun: images a second.
  package func result() throws -> Double {
    answered.wait()
    return try outcome.get()
  }

  /// Ends the thread.
  package func close() {
    request = nil
    requested.signal()
  }
}
