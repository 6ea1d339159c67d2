import CSealedMemory
import Foundation
import Messages
import Parameters
import Testing
import Transport

/// What is no sealed memory of the announced size.
enum BadMemory: CaseIterable {
  case noProcess, noDescriptor, file, pipe, anotherFile, noSeals, mayShrink, mayBeWritten, mayBeUnsealed, otherSize,
    holes

  var refusal: ForeignMemory.Refusal {
    switch self {
    case .noProcess, .noDescriptor: .unreachable
    case .anotherFile, .pipe: .anotherFile
    case .file, .noSeals, .mayShrink, .mayBeWritten, .mayBeUnsealed: .notSealed
    case .otherSize: .wrongSize
    case .holes: .notAllocated
    }
  }

  /// Of linux/fcntl.h.
  private enum Seals {
    static let (seal, shrink, grow, futureWrite) = (1 as CInt, 2 as CInt, 4 as CInt, 16 as CInt)
    static let add: CInt = 1033
  }

  func made() throws -> (address: MemoryAddress, descriptors: [CInt]) {
    let size = 8192
    var descriptor: CInt
    switch self {
    case .file:
      var name = Array("/tmp/tare-XXXXXX".utf8CString)
      descriptor = unsafe mkstemp(&name)
      unsafe unlink(name)
    case .pipe:
      var ends: [CInt] = [0, 0]
      try #require(unsafe Glibc.pipe(&ends) == 0)
      return (address(ends[0], size), ends)
    default: descriptor = unsafe tare_memory_file("bad")
    }
    try #require(descriptor >= 0 && ftruncate(descriptor, size) == 0)
    if self != .holes { try #require(posix_fallocate(descriptor, 0, size) == 0) }
    let seals =
      switch self {
      case .file, .noSeals: 0 as CInt
      case .mayShrink: Seals.seal | Seals.grow | Seals.futureWrite
      case .mayBeWritten: Seals.seal | Seals.grow | Seals.shrink
      case .mayBeUnsealed: Seals.grow | Seals.shrink | Seals.futureWrite
      default: Seals.seal | Seals.grow | Seals.shrink | Seals.futureWrite
      }
    if seals != 0 { try #require(fcntl(descriptor, Seals.add, seals) == 0) }
    let address = address(descriptor, size)
    return switch self {
    case .noProcess: (changed(address, process: 1 << 22), [descriptor])
    case .noDescriptor: (changed(address, descriptor: 1 << 20), [descriptor])
    case .anotherFile: (changed(address, inode: address.inode &+ 1), [descriptor])
    case .otherSize: (changed(address, byteCount: 4096), [descriptor])
    default: (address, [descriptor])
    }
  }

  private func address(_ descriptor: CInt, _ size: Int) -> MemoryAddress {
    var status = stat()
    unsafe fstat(descriptor, &status)
    return MemoryAddress(
      process: Int(getpid()), descriptor: Int(descriptor), inode: UInt64(status.st_ino), byteCount: size)
  }

  private func changed(
    _ address: MemoryAddress, process: Int? = nil, descriptor: Int? = nil, inode: UInt64? = nil, byteCount: Int? = nil
  ) -> MemoryAddress {
    MemoryAddress(
      process: process ?? address.process, descriptor: descriptor ?? address.descriptor,
      inode: inode ?? address.inode, byteCount: byteCount ?? address.byteCount)
  }
}
