import CSealedMemory
import Failures
import Glibc

/// Whether members on this machine can share tensors in memory: in sealed memory files, which need no `/dev/shm`.
package struct SharedMemoryFacts: Hashable, Sendable {
  /// Why they cannot be made; `nil` if they can.
  let failure: String?
  /// In bytes; `nil` if there is no `/dev/shm`.
  let room: (size: UInt64, free: UInt64)?

  package init(failure: String?, room: (size: UInt64, free: UInt64)?) { (self.failure, self.room) = (failure, room) }

  /// Makes one.
  package init() {
    let file = unsafe tare_memory_file("tare-doctor")
    let isSealed = file >= 0 && tare_seal(file) && tare_is_sealed(file)
    failure = isSealed ? nil : unsafe String(cString: strerror(errno))
    if file >= 0 { close(file) }
    room = FileSystemFacts.room(at: "/dev/shm")
  }

  package var finding: Finding {
    let folder = room.map { "/dev/shm has \(bytes($0.free)) of \(bytes($0.size)) free" } ?? "there is no /dev/shm"
    guard let failure else {
      return .ok("shared memory", "sealed memory files can be made; \(folder), which is not needed")
    }
    return .warning(
      "shared memory", "no sealed memory file can be made: \(failure)",
      advice:
        "Allow memfd_create (Linux 5.1 or later, and the container's seccomp profile): without it, tensors go through "
        + "sockets, which is slower.")
  }

  package static func == (a: Self, b: Self) -> Bool { a.failure == b.failure && a.room?.free == b.room?.free }
  package func hash(into hasher: inout Hasher) { hasher.combine(failure) }
}
