import CSealedMemory
import Glibc
package import Messages

/// Memory that this process writes, and others can only read.
@safe package final class SealedMemory: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer
  package let address: MemoryAddress
  private let descriptor: CInt

  /// Zeroed memory in whole pages; `nil` where the system has none of this kind.
  package static func make(byteCount: Int) -> SealedMemory? {
    let page = Int(getpagesize())
    let byteCount = (max(byteCount, 1) + page - 1) / page * page
    let descriptor = unsafe tare_memory_file("tare")
    guard descriptor >= 0 else { return nil }
    // All of it is taken now: where there is no more, a write would end the process later.
    guard ftruncate(descriptor, byteCount) == 0, posix_fallocate(descriptor, 0, byteCount) == 0,
      let start = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      unsafe start != MAP_FAILED
    else {
      close(descriptor)
      return nil
    }
    let bytes = unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    guard tare_seal(descriptor), let file = FileIdentity(descriptor) else {
      unsafe munmap(start, byteCount)
      close(descriptor)
      return nil
    }
    return unsafe SealedMemory(bytes, descriptor, file)
  }

  private init(_ bytes: UnsafeMutableRawBufferPointer, _ descriptor: CInt, _ file: FileIdentity) {
    unsafe self.bytes = bytes
    self.descriptor = descriptor
    address = MemoryAddress(
      process: Int(getpid()), descriptor: Int(descriptor), inode: file.inode, byteCount: bytes.count)
  }

  deinit {
    unsafe munmap(bytes.baseAddress, bytes.count)
    close(descriptor)
  }
}

/// Another process's `SealedMemory`. What it holds may change at any time.
@safe package final class ForeignMemory: @unchecked Sendable {
  package let address: MemoryAddress
  package let bytes: UnsafeRawBufferPointer
  private let file: FileIdentity
  private let owner: ProcessIdentity

  /// Why memory isn't used.
  package enum Refusal: Error, Hashable {
    /// No such process or descriptor here, or another user's.
    case unreachable
    /// The file there is not the announced one, as in another namespace of process ids.
    case anotherFile
    /// Its size may change, or somebody may write it who could not before.
    case notSealed
    case wrongSize
    /// Reading parts of it would take memory that does not exist yet.
    case notAllocated
    case unmappable
  }

  package init(at address: MemoryAddress) throws(Refusal) {
    self.address = address
    // Opened without effect first: it may be a device, or a pipe.
    let path = unsafe tare_open_path(Self.path(of: address))
    guard path >= 0 else { throw .unreachable }
    defer { close(path) }
    guard let announced = FileIdentity(path), announced.inode == address.inode, announced.isRegular else {
      throw .anotherFile
    }
    guard case .running(let owner) = ProcessIdentity.state(of: address.process) else { throw .unreachable }
    let descriptor = unsafe open("/proc/self/fd/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreachable }
    defer { close(descriptor) }
    // What is checked behind this stays true.
    guard tare_is_sealed(descriptor) else { throw .notSealed }
    guard let file = FileIdentity(descriptor), file.byteCount == address.byteCount, address.byteCount > 0 else {
      throw .wrongSize
    }
    guard file.allocated >= file.byteCount else { throw .notAllocated }
    let start = unsafe mmap(nil, file.byteCount, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else { throw .unmappable }
    unsafe bytes = UnsafeRawBufferPointer(start: start, count: file.byteCount)
    self.file = file
    self.owner = owner
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  /// Whether its owner lives and still has it. As long as it is mapped here, no other file has its number.
  package var isOpen: Bool {
    var status = stat()
    guard unsafe stat(Self.path(of: address), &status) == 0 else {
      // Where /proc is gone, nothing is known.
      if errno == ENOENT || errno == ESRCH { return unsafe access("/proc/self/fd", F_OK) != 0 }
      // The system also says no when the owner has ended and its parent has not taken note of it yet.
      return switch ProcessIdentity.state(of: address.process) {
      case .running(let found): found == owner
      case .ended: false
      case .unknown: true
      }
    }
    let found = FileIdentity(status)
    return found.device == file.device && found.inode == file.inode
  }

  private static func path(of address: MemoryAddress) -> String {
    "/proc/\(address.process)/fd/\(address.descriptor)"
  }
}

/// What the system says of a file.
private struct FileIdentity {
  let device: dev_t
  let inode: UInt64
  let byteCount: Int
  let allocated: Int
  let isRegular: Bool

  init?(_ descriptor: CInt) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  init(_ status: stat) {
    device = status.st_dev
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    allocated = Int(status.st_blocks) * 512
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }
}

/// Tells a process from later ones with the same number.
private struct ProcessIdentity: Hashable {
  /// In ticks since the system started.
  let start: String

  enum State {
    case running(ProcessIdentity)
    case ended
    case unknown
  }

  static func state(of process: Int) -> State {
    let descriptor = unsafe open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno == ENOENT ? .ended : .unknown }
    defer { close(descriptor) }
    var text = [UInt8](repeating: 0, count: 1024)
    let count = unsafe read(descriptor, &text, text.count)
    if count < 0 { return errno == ESRCH ? .ended : .unknown }
    // Number, name in parentheses, state, and so on (proc_pid_stat(5)).
    let fields = String(decoding: text[..<count], as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 19 else { return .unknown }
    return ["Z", "X"].contains(fields[0]) ? .ended : .running(ProcessIdentity(start: String(fields[19])))
  }
}
