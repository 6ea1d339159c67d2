import Coordination
import Foundation
import Launching
import Synchronization
import Testing

@Suite("Child processes")
struct ChildTests {
  static func start(_ executable: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws
    -> Child
  {
    try Child("worker 0", executable: executable, arguments: arguments, environment: environment, log: 2)
  }

  /// Waits for the child to end, for at most ten seconds; a child that takes longer is killed.
  static func ending(of child: Child) -> Child.ExitStatus? {
    let ended = DispatchSemaphore(value: 0)
    let ending = Mutex<Child.ExitStatus?>(nil)
    child.watch { how in
      ending.withLock { $0 = how }
      ended.signal()
    }
    if ended.wait(timeout: .now() + 10) == .timedOut { child.kill() }
    return ending.withLock { $0 }
  }

  @Test("a child reports how it ended")
  func endings() throws {
    #expect(Self.ending(of: try Self.start("/bin/sh", ["-c", "exit 7"])) == .exited(7))
    #expect(Self.ending(of: try Self.start("/bin/sh", ["-c", "exit 143"])) == .exited(143))
    #expect(Self.ending(of: try Self.start("/bin/sh", ["-c", "kill -9 $$"])) == .signaled(9))
    #expect(Child.ExitStatus.signaled(9).description == "signal 9")
    #expect(throws: LaunchError.self) { try Self.start("/nowhere/tare") }
  }

  @Test("a released child reads end-of-file on stdin although a sibling is still running")
  func lifeline() throws {
    let first = try Self.start("/bin/cat")
    let second = try Self.start("/bin/cat")
    first.release()
    #expect(Self.ending(of: first) == .exited(0))
    second.release()
    #expect(Self.ending(of: second) == .exited(0))
  }

  @Test("a child leads its own session and receives signals that its parent blocks")
  func session() throws {
    let child = try Self.start("/bin/cat")
    #expect(getsid(child.processID) == child.processID)
    var held = sigset_t()
    unsafe sigemptyset(&held)
    unsafe sigaddset(&held, SIGTERM)
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, &held, &before)
    let other = try Self.start("/bin/sh", ["-c", "kill -TERM $$; exit 3"])
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    #expect(Self.ending(of: other) == .signaled(15))
    child.kill()
    #expect(Self.ending(of: child) == .signaled(9))
  }

  @Test("a child inherits the environment with additions, which win")
  func environment() throws {
    let child = try Self.start(
      "/bin/sh", ["-c", "test \"$TARE_KEY\" = 12 && test \"$HOME\" = /here && test -n \"$PATH\""],
      environment: ["TARE_KEY": "12", "HOME": "/here"])
    #expect(Self.ending(of: child) == .exited(0))
  }

  @Test("a child inherits no descriptor but the three, whatever its parent has open")
  func descriptors() throws {
    let open = fcntl(2, F_DUPFD, 200)
    try #require(open >= 200)
    defer { close(open) }
    #expect(fcntl(open, F_GETFD) & FD_CLOEXEC == 0)
    let child = try Self.start("/bin/sh", ["-c", "test -e /proc/self/fd/2 && test ! -e /proc/self/fd/\(open)"])
    #expect(Self.ending(of: child) == .exited(0))
  }
}

@Suite("Launchers")
struct LauncherTests {
  @Test("a process that does not exit in time is killed")
  func stubborn() throws {
    let launcher = ProcessLauncher(executable: "/bin/sleep", environment: [:], log: 2) { _, _ in ["1000"] }
    let how = Mutex("")
    try launcher.launch(Member(.server, 0), incarnation: 1) { text in how.withLock { $0 = text } }
    launcher.dismiss(within: 0.05)
    #expect(how.withLock { $0 } == "signal 9")
  }

  @Test("a second incarnation kills the first, even if that is stopped")
  func secondLife() throws {
    let launcher = ProcessLauncher(executable: "/bin/sh", environment: [:], log: 2) { _, incarnation in
      ["-c", incarnation == 1 ? "kill -STOP $$" : "exec cat"]
    }
    let ends = Mutex<[UInt64: String]>([:])
    let firstEnded = DispatchSemaphore(value: 0)
    for incarnation in UInt64(1)...2 {
      try launcher.launch(Member(.server, 0), incarnation: incarnation) { how in
        ends.withLock { $0[incarnation] = how }
        if incarnation == 1 { firstEnded.signal() }
      }
    }
    #expect(firstEnded.wait(timeout: .now() + 30) == .success)
    launcher.dismiss(within: 30)
    #expect(ends.withLock { $0 } == [1: "signal 9", 2: "exit code 0"])
  }

  @Test("a process that follows its lifeline exits on its own when it is dismissed")
  func obedient() throws {
    let launcher = ProcessLauncher(executable: "/bin/cat", environment: [:], log: 2) { _, _ in [] }
    let how = Mutex("")
    try launcher.launch(Member(.server, 0), incarnation: 1) { text in how.withLock { $0 = text } }
    launcher.dismiss(within: 30)
    #expect(how.withLock { $0 } == "exit code 0")
  }

  @Test("threads are woken and waited for, and report how they ended")
  func threads() throws {
    let ends = Mutex<[String]>([])
    let wake = DispatchSemaphore(value: 0)
    let launcher = ThreadLauncher(interrupt: { for _ in 0..<3 { wake.signal() } }) { member, _ in
      wake.wait(timeout: .now() + 60) == .success ? "\(member) is done" : "\(member) slept"
    }
    for rank in 0..<3 {
      launcher.launch(Member(.worker, rank), incarnation: 1) { text in ends.withLock { $0.append(text) } }
    }
    launcher.dismiss(within: 10)
    #expect(ends.withLock { $0.sorted() } == (0..<3).map { "worker \($0) is done" })
  }

  @Test("a scratch folder is private and is removed with its content")
  func scratch() throws {
    let folder = try ScratchFolder()
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    try Data().write(to: URL(fileURLWithPath: folder.path + "/socket"))
    folder.remove()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("a scratch folder whose owner is gone is removed by the next, one whose owner lives is not")
  func abandonedScratch() throws {
    let living = try ScratchFolder()
    defer { living.remove() }
    var gone: ScratchFolder? = try ScratchFolder()
    let path = try #require(gone?.path)
    gone = nil
    let next = try ScratchFolder()
    defer { next.remove() }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: living.path))
  }
}
