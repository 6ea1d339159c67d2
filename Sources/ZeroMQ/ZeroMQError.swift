import CZeroMQ

/// A libzmq call that failed: its original error number and what was attempted.
package struct ZeroMQError: Error, Hashable, CustomStringConvertible {
  /// The `errno` of the call: a POSIX number, or one of libzmq's own such as `EFSM`.
  package let code: CInt
  /// What was attempted, e.g. "listen on tcp://127.0.0.1:80".
  package let attempt: String

  package var description: String {
    let reason = unsafe zmq_strerror(code).map { unsafe String(cString: $0) } ?? "error"
    return "cannot \(attempt): \(reason)"
  }

  /// The error of the last libzmq call on this thread.
  static func last(_ attempt: String) -> ZeroMQError { ZeroMQError(code: zmq_errno(), attempt: attempt) }

  /// Runs a libzmq call, and repeats it when a signal interrupts it. Every call of this module goes through here.
  ///
  /// - Parameter accepting: error numbers that are expected results, not failures.
  /// - Returns: what the call returned; negative if it failed with an accepted number.
  @discardableResult
  static func check(
    _ attempt: @autoclosure () -> String, accepting: CInt..., call: () -> CInt
  ) throws(ZeroMQError) -> CInt {
    while true {
      let result = call()
      guard result < 0 else { return result }
      let code = zmq_errno()
      if code == EINTR { continue }
      if accepting.contains(code) { return result }
      throw ZeroMQError(code: code, attempt: attempt())
    }
  }
}
