package import Foundation
import Glibc
import Synchronization

/// A child process whose end is seen by waiting for it, and by nothing else: whoever else holds a copy of some
/// descriptor of ours cannot make it look alive.
package final class SpawnedProcess: Sendable {
  package let id: pid_t
  private let status = Mutex<Int32?>(nil)
  private let ended = DispatchSemaphore(value: 0)

  /// Starts `executable` with an empty stdin.
  ///
  /// - Parameters:
  ///   - output: takes the child's stdout.
  ///   - errors: takes its stderr.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String], output: Int32, errors: Int32
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // Tests beside this one open descriptors too, not all of them close-on-exec.
    let inherited = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in inherited.compactMap(Int32.init) where descriptor > 2 {
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // The threads of a test hold signals back, which a child would inherit.
    var (attributes, mask) = (posix_spawnattr_t(), sigset_t())
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe sigemptyset(&mask)
    unsafe posix_spawnattr_setsigmask(&attributes, &mask)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var argv = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
    var envp = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
    defer { unsafe (argv + envp).forEach { unsafe free($0) } }
    var number: pid_t = 0
    let failure = unsafe posix_spawn(&number, executable, &actions, &attributes, &argv, &envp)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL) }
    let id = number
    self.id = id
    Thread.detachNewThread { [self] in
      var facts = unsafe siginfo_t()
      // Look without reaping, so that nobody signals a number that is free again.
      while unsafe waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
      self.status.withLock { status in
        var value: Int32 = 0
        while unsafe waitpid(id, &value, 0) < 0, errno == EINTR {}
        status = value
      }
      ended.signal()
    }
  }

  package var isRunning: Bool { status.withLock { $0 == nil } }

  /// What it exited with, or minus the signal that killed it; `nil` while it runs.
  package var exitCode: Int32? {
    status.withLock { $0.map { $0 & 0x7f == 0 ? $0 >> 8 & 0xff : -($0 & 0x7f) } }
  }

  /// Only while it is there.
  package func signal(_ number: Int32) { status.withLock { if $0 == nil { kill(id, number) } } }

  /// `false` if it is still there after `deadline` seconds.
  package func waitForEnd(within deadline: Double) -> Bool {
    guard ended.wait(timeout: .now() + deadline) == .success else { return false }
    ended.signal()  // for whoever asks again
    return true
  }
}
