/// The exit codes of the command line; sysexits.h has the names.
package enum ExitCode {
  package static let done: Int32 = 0
  /// A claim does not hold, a run of a sweep failed, or a fault drill or simulation violated a guarantee.
  package static let broken: Int32 = 1
  /// An invalid spec, plan, flag or folder.
  package static let usage: Int32 = 64
  /// Invalid input data, or a run whose numbers are no longer finite.
  package static let badData: Int32 = 65
  package static let unavailable: Int32 = 69
  package static let software: Int32 = 70
  package static let ioError: Int32 = 74
  /// The run can be resumed.
  package static let tryAgain: Int32 = 75

  /// The exit code of a process stopped by `signal`.
  package static func stopped(by signal: Int32) -> Int32 { 128 + signal }
}
