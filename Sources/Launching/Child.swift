import Failures
import Foundation
package import Glibc
import Synchronization

/// A child process that does not outlive its parent: it has its own session, ignores the terminal's Ctrl-C, and has as
/// stdin one end of a lifeline whose other end the parent holds. When the parent ends, for whatever reason, the child
/// reads end-of-file and exits.
package final class Child: Sendable {
  package let processID: pid_t
  private let lifeline: Int32
  private let isReaped = Mutex(false)

  /// Starts `executable` with `arguments`.
  ///
  /// - Parameters:
  ///   - name: used in error messages.
  ///   - environment: added to the parent's.
  ///   - log: an open file that receives the child's stderr.
  package init(
    _ name: String, executable: String, arguments: [String], environment: [String: String], log: Int32
  ) throws(LaunchError) {
    // A socket pair and not a pipe: close-on-exec is set atomically, so no sibling inherits the parent's end and keeps
    // it open.
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw LaunchError(name: name, what: "make a lifeline", number: errno)
    }
    defer { close(ends[1]) }

    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, log, 2)
    // Other inherited descriptors are closed in the child: another process may be waiting for end-of-file on them.
    let inherited = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in inherited.compactMap(Int32.init) where descriptor > 2 {
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // The parent blocks signals for its own signal thread; the child starts with none blocked.
    var noSignals = sigset_t()
    unsafe sigemptyset(&noSignals)
    unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | setsidFlag)

    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let name = executable == "/proc/self/exe" ? "tare" : (executable as NSString).lastPathComponent
    var processID: pid_t = 0
    let status = unsafe Self.withCStrings([name] + arguments) { argv in
      unsafe Self.withCStrings(merged.map { "\($0)=\($1)" }) { envp in
        unsafe posix_spawn(&processID, executable, &actions, &attributes, argv, envp)
      }
    }
    guard status == 0 else {
      close(ends[0])
      throw LaunchError(name: name, what: "start \(executable)", number: status)
    }
    self.processID = processID
    lifeline = ends[0]
  }

  /// Calls `ended` from a dedicated thread once the child has ended and been reaped.
  package func watch(_ ended: @escaping @Sendable (ExitStatus) -> Void) {
    Thread.detachNewThread { [self] in
      // Waits without reaping, so that no signal goes to a process id that has been reused.
      var facts = unsafe siginfo_t()
      while unsafe waitid(P_PID, id_t(processID), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
      let status = isReaped.withLock { isReaped in
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        return status
      }
      ended(ExitStatus(waitStatus: status))
    }
  }

  /// Writes `text` to the child's stdin; a child that has ended does not get it.
  package func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe send(lifeline, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Tells the child that it is no longer needed, by closing its stdin.
  package func release() { close(lifeline) }

  /// Kills the child, unless it has been reaped: then the process id may have been reused.
  package func kill() {
    isReaped.withLock { if !$0 { _ = Glibc.kill(processID, SIGKILL) } }
  }

  /// How a process ended.
  package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case signaled(Int32)

    init(waitStatus: Int32) {
      let signal = waitStatus & 0x7f
      self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signaled(signal)
    }

    package var description: String {
      switch self {
      case .exited(let code): "exit code \(code)"
      case .signaled(let number): "signal \(number)"
      }
    }
  }

  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("the list ends with nil, so it is not empty") }
      return unsafe body(base)
    }
  }
}

/// glibc's POSIX_SPAWN_SETSID; the header hides it from Swift behind a feature macro.
private let setsidFlag: Int16 = 0x80

/// Why a child could not be started.
package struct LaunchError: ExitCoded {
  package let name: String
  package let what: String
  package let number: Int32

  package var exitCode: Int32 { ExitCode.software }
  package var description: String { unsafe "can't \(what) for \(name): \(String(cString: strerror(number)))" }
}
