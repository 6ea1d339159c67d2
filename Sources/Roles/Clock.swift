import Foundation

/// Seconds on a clock that only moves forward.
package enum Clock {
  package static var now: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
  private static let origin = ContinuousClock.now

  /// On a clock that all processes of the machine share.
  package static var ofMachine: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Differs wherever `ofMachine` may be another clock: on another machine, after a reboot, in another time namespace.
  /// Empty if the system does not say.
  package static let nameOfMachine: String = {
    guard let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8),
      let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/time")
    else { return "" }
    return "\(boot.trimmingCharacters(in: .whitespacesAndNewlines)) \(namespace)"
  }()
}
