import Glibc

/// A disk without room, as one process sees it: whatever it writes to a file fails.
enum FullDisk {
  private typealias SetLimit =
    @convention(c) (pid_t, UInt32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> Int32

  /// Lets `process`, one of ours, write files of up to `bytes` only; `nil` gives the room back.
  ///
  /// - Returns: whether the kernel has agreed.
  static func limit(_ process: pid_t, to bytes: UInt?) -> Bool {
    // A signal's default would be to end the process; ours ignore it, and write() says EFBIG.
    guard let symbol = unsafe dlsym(nil, "prlimit") else { return false }
    // The header hides it from Swift behind a feature macro.
    let setLimit = unsafe unsafeBitCast(symbol, to: SetLimit.self)
    let resource = UInt32(RLIMIT_FSIZE.rawValue)
    var limit = rlimit()
    guard unsafe setLimit(process, resource, nil, &limit) == 0 else { return false }
    limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
    return unsafe setLimit(process, resource, &limit, nil) == 0
  }
}
