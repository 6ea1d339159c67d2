package import Failures
import Foundation

/// Whether the system gives a process what it needs; libraries abort where it does not.
package enum ResourceLimits {
  /// Tare finds its arguments, its program and its children there.
  package static func checkProcessFolder() throws(RunError) {
    guard unsafe access("/proc/self/exe", F_OK) != 0 else { return }
    throw RunError(ExitCode.ioError, "/proc cannot be read, where this process finds its arguments and its children")
  }

  // Measured: 25 descriptors with 3 members and 34 with 8, as threads 27 with 3 and 49 with 7; and those of the files that
  // become durable at the same time: with 3 members as threads, 44 in all were too few, and 46 enough.
  private static let openFiles = 36
  private static let openFilesOfMember = 6

  /// The most servers and workers for which `limit` open files are enough.
  package static func members(withOpenFiles limit: Int) -> Int { max(0, (limit - openFiles) / openFilesOfMember) }

  /// Refuses to lead a run where its sockets, lifelines, files and threads would not fit.
  ///
  /// - Parameter members: servers and workers.
  package static func check(leading members: Int) throws(RunError) {
    try check(RLIMIT_NOFILE, atLeast: openFiles + openFilesOfMember * members, unit: 1, "open files", "-n")
    // Measured for 3 members: 781 MiB are enough as processes, 768 once were too few as threads, each of which may reserve
    // an arena of the C library's allocator (64 MiB, twice while it is aligned).
    try check(RLIMIT_AS, atLeast: (720 + 128 * members) << 10, unit: 1 << 10, "KiB of address space", "-v")
  }

  /// Refuses to take part in a run where a member's sockets would not fit.
  package static func checkMember() throws(RunError) {
    // Measured: 19 descriptors of a worker with 4 servers.
    try check(RLIMIT_NOFILE, atLeast: 32, unit: 1, "open files", "-n")
  }

  private static func check(
    _ resource: __rlimit_resource, atLeast least: Int, unit: rlim_t, _ name: String, _ flag: String
  ) throws(RunError) {
    var limit = rlimit()
    guard unsafe getrlimit(Int32(resource.rawValue), &limit) == 0, limit.rlim_cur / unit < rlim_t(least) else { return }
    throw RunError(
      ExitCode.ioError,
      "this process is limited to \(limit.rlim_cur / unit) \(name) (ulimit \(flag)); accepted: at least \(least)")
  }

  /// Lets a process that has no memory left end with a sentence, where its address space is limited: Swift and the C
  /// libraries abort then.
  package static func explainAborts() {
    var limit = rlimit()
    guard unsafe getrlimit(Int32(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else { return }
    signal(SIGABRT) { _ in
      // Nothing that allocates.
      let text: StaticString = "tare: no memory is left below the limit of the address space (ulimit -v)\n"
      _ = unsafe write(2, text.utf8Start, text.utf8CodeUnitCount)
      _exit(ExitCode.ioError)
    }
  }
}
