import Foundation

/// A plain TCP connection to a port of 127.0.0.1, for what no library of the protocol would send.
package final class RawClient {
  private let descriptor: CInt

  package struct Failure: Error { let words: String }

  package init(port: UInt16) throws {
    descriptor = try Loopback.connected(to: port)
    // Where nobody accepts or reads any more, each call would wait for minutes.
    var patience = timeval(tv_sec: Int(Deadline.event), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
  }

  deinit { close(descriptor) }

  /// Sends all bytes; false once the other end has closed the connection.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Sends what fits without waiting; false once the other end has closed the connection.
  package func sendWithoutWaiting(_ bytes: [UInt8]) -> Bool {
    let count = unsafe Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    return count >= 0 || errno == EAGAIN
  }

  /// All bytes until the other end closes the connection or resets it; `nil` if it has not by the deadline.
  package func receiveAll() -> [UInt8]? {
    var (all, part) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
    while true {
      let count = unsafe recv(descriptor, &part, part.count, 0)
      if count < 0, errno == EAGAIN { return nil }
      guard count > 0 else { return all }
      all += part[..<count]
    }
  }

  /// Exactly so many bytes; `nil` if the connection ends before, or none come by the deadline.
  package func receive(_ count: Int) -> [UInt8]? {
    var part = [UInt8](repeating: 0, count: count)
    return unsafe recv(descriptor, &part, count, CInt(MSG_WAITALL)) == count ? part : nil
  }
}
