/// The exit codes of the command line; sysexits.h has the names.
package enum ExitCode {
  package static let done: Int32 = 0
  /// A claim does not hold, a run of a sweep failed, or a drilled or simulated run broke its promise.
  package static let broken: Int32 = 1
  /// A spec, plan, flag or folder that cannot be used.
  package static let usage: Int32 = 64
  /// Input that can't be used, or a run whose numbers stopped being finite.
  package static let badData: Int32 = 65
  package static let unavailable: Int32 = 69
  package static let software: Int32 = 70
  package static let ioError: Int32 = 74
  /// The run can be resumed.
  package static let tryAgain: Int32 = 75

  /// What a process ends with that a signal has stopped.
  package static func stopped(by signal: Int32) -> Int32 { 128 + signal }
}
