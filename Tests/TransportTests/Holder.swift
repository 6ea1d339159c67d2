import Foundation
import Messages
import Parameters
import Testing
import Transport

/// A process that keeps one descriptor of ours open and does nothing.
final class Holder {
  private let process: pid_t
  private let descriptor: CInt = 9
  private var isEnded = false

  init(of descriptor: CInt) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, self.descriptor)
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("sleep"), strdup("600"), nil]
    defer { unsafe arguments.forEach { unsafe free($0) } }
    try #require(unsafe posix_spawn(&process, "/bin/sleep", &actions, nil, &arguments, nil) == 0)
    self.process = process
  }

  func address(of memory: SealedMemory) -> MemoryAddress {
    MemoryAddress(
      process: Int(process), descriptor: Int(descriptor), inode: memory.address.inode,
      byteCount: memory.address.byteCount)
  }

  func signal(_ number: CInt) { kill(process, number) }

  func end() {
    guard !isEnded else { return }
    isEnded = true
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }
}
