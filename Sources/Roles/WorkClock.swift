package import Coordination
import Foundation
package import Parameters

/// Notes what one thread of a run's process works on. `tare bench` asks for the time that each kind of work takes between two steps,
/// which is appended as a line to a file, and `tare train --trace` for the spans. If nobody asks, threads have no clock.
package final class WorkClock {
  /// What to measure.
  package struct Request: Hashable, Sendable, Codable {
    /// Receives a line of JSON, a `Record`, from each thread.
    package let path: String
    /// Of the steps that are measured.
    package let first: Int
    package let end: Int

    package init(path: String, steps: Range<Int>) {
      (self.path, first, end) = (path, steps.lowerBound, steps.upperBound)
    }

    /// In the environment of a member, as JSON.
    package static let variable = "TARE_WORK_TIMES"

    fileprivate static let ofProcess = ProcessInfo.processInfo.environment[variable].flatMap {
      try? JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  /// One thread's times.
  package struct Record: Hashable, Sendable, Codable {
    package let member: String
    package let thread: String
    package let steps: Int
    /// Between the beginning and the end.
    package let elapsed: Double
    /// By the name of the work.
    package let seconds: [String: Double]

    package init(member: String, thread: String, steps: Int, elapsed: Double, seconds: [String: Double]) {
      (self.member, self.thread, self.steps) = (member, thread, steps)
      (self.elapsed, self.seconds) = (elapsed, seconds)
    }
  }

  private let request: Request?
  private let ring: SpanRing?
  private let member: String
  private let thread: String
  private var times = WorkTimes()
  private var began = 0.0

  /// - Parameters:
  ///   - thread: what it does, such as "computes".
  ///   - trace: of the member, if the run has one.
  /// - Returns: `nil` if nobody asks.
  package convenience init?(_ member: Member, thread: String, in trace: MemberTrace?) {
    self.init(Request.ofProcess, trace?.ring(ofThread: thread), "\(member)", thread)
  }

  /// The same of the coordinator, which `tare bench` does not ask.
  package convenience init?(ofCoordinator ring: SpanRing?) { self.init(nil, ring, "coordinator", "leads") }

  private init?(_ request: Request?, _ ring: SpanRing?, _ member: String, _ thread: String) {
    guard request != nil || ring != nil else { return nil }
    (self.request, self.ring) = (request, ring)
    (self.member, self.thread) = (member, thread)
  }

  package func enter(_ work: Work) {
    ring?.enter(work, at: Clock.ofMachine)
    if request != nil { times.enter(work, at: Clock.now) }
  }

  /// The thread has come to a step, after all before it.
  package func reach(_ step: Int) {
    ring?.reach(step, at: Clock.ofMachine)
    guard let request else { return }
    if !times.isRunning, began == 0, step >= request.first, step < request.end {
      began = Clock.now
      times.begin(at: began)
    }
    guard times.isRunning, step >= request.end else { return }
    let now = Clock.now
    let seconds = times.end(at: now)
    let record = Record(
      member: member, thread: thread, steps: request.end - request.first, elapsed: now - began,
      seconds: Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) }))
    guard var line = try? JSONEncoder().encode(record) else { return }
    line.append(0x0A)
    // Whoever asked notices that a line is missing.
    let descriptor = unsafe open(request.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    unsafe line.withUnsafeBytes { bytes in _ = unsafe write(descriptor, bytes.baseAddress, bytes.count) }
    close(descriptor)
  }
}
