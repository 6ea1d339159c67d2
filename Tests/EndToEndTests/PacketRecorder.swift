import Foundation
import Synchronization

/// Everything that passes an interface, as anybody on the way could record it; at most 64 MB.
final class PacketRecorder: Sendable {
  private let descriptor: CInt
  private let record = Record()

  private final class Record: Sendable {
    let bytes = Mutex(Data())
    let isStopped = Atomic(false)
    let ended = DispatchSemaphore(value: 0)
  }

  struct Failure: Error { let words: String }

  init(on interface: String) throws {
    let index = (try? String(contentsOfFile: "/sys/class/net/\(interface)/ifindex", encoding: .utf8)).flatMap {
      Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    guard let index else { throw Failure(words: "there is no interface \(interface)") }
    // packet(7): every protocol of one interface, whole frames.
    let allProtocols = UInt16(3).bigEndian
    descriptor = socket(AF_PACKET, CInt(SOCK_RAW.rawValue), CInt(allProtocols))
    guard descriptor >= 0 else { throw Failure(words: "no packet socket: \(errno)") }
    var patience = timeval(tv_sec: 0, tv_usec: 100_000)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var room: CInt = 64 << 20
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, socklen_t(MemoryLayout<CInt>.size))
    // sockaddr_ll, which Swift's module of glibc has not: family, protocol, interface, and 12 bytes that don't matter.
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
      (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let address = bytes(UInt16(AF_PACKET)) + bytes(allProtocols) + bytes(index) + [UInt8](repeating: 0, count: 12)
    let (socket, size) = (descriptor, socklen_t(address.count))
    let isBound = unsafe address.withUnsafeBytes {
      unsafe bind(socket, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, size) == 0
    }
    guard isBound else { throw Failure(words: "no packets of \(interface): \(errno)") }
    Thread.detachNewThread { [record] in
      var frame = [UInt8](repeating: 0, count: 1 << 17)
      while !record.isStopped.load(ordering: .relaxed) {
        let count = unsafe recv(socket, &frame, frame.count, 0)
        guard count > 0 else { continue }
        record.bytes.withLock { if $0.count < 64 << 20 { $0.append(contentsOf: frame[..<count]) } }
      }
      record.ended.signal()
    }
  }

  deinit {
    record.isStopped.store(true, ordering: .relaxed)
    record.ended.wait()
    close(descriptor)
  }

  var bytes: Data { record.bytes.withLock { $0 } }
}
