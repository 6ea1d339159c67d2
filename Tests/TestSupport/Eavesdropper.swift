import Foundation
import Synchronization

/// A relay on a port of 127.0.0.1 that keeps every byte that passes, as anybody on the way could, and may add some.
package final class Eavesdropper: Sendable {
  /// One connection: what went to the listener and what came back.
  package struct Session: Sendable {
    package fileprivate(set) var there: [UInt8] = []
    package fileprivate(set) var back: [UInt8] = []
    fileprivate let target: CInt
  }

  package let port: UInt16
  private let listener: CInt
  private let heard = Heard()

  private final class Heard: Sendable {
    let sessions = Mutex<[Session]>([])
  }

  /// - Parameter target: the port that it passes everything on to.
  package init(of target: UInt16) throws {
    (listener, port) = try Loopback.listening()
    let (listener, heard) = (listener, heard)
    Thread.detachNewThread {
      while case let source = accept(listener, nil, nil), source >= 0 {
        guard let there = try? Loopback.connected(to: target) else { return }
        let index = heard.sessions.withLock { sessions in
          sessions.append(Session(target: there))
          return sessions.count - 1
        }
        Self.copy(from: source, to: there) { bytes in heard.sessions.withLock { $0[index].there += bytes } }
        Self.copy(from: there, to: source) { bytes in heard.sessions.withLock { $0[index].back += bytes } }
      }
    }
  }

  deinit {
    shutdown(listener, CInt(SHUT_RDWR))
    close(listener)
  }

  /// In the order in which they began.
  package var sessions: [Session] { heard.sessions.withLock { $0 } }

  /// Everything that passed, either way.
  package var everything: [UInt8] { sessions.flatMap { $0.there + $0.back } }

  /// Sends the listener bytes as if they came from the other end.
  package func inject(_ bytes: [UInt8], into session: Int) {
    let target = sessions[session].target
    _ = unsafe send(target, bytes, bytes.count, CInt(MSG_NOSIGNAL))
  }

  /// On a thread of its own, until either end hangs up.
  private static func copy(from source: CInt, to target: CInt, _ note: @escaping @Sendable ([UInt8]) -> Void) {
    Thread.detachNewThread {
      var part = [UInt8](repeating: 0, count: 1 << 16)
      while case let count = unsafe recv(source, &part, part.count, 0), count > 0 {
        note(Array(part[..<count]))
        var sent = 0
        while sent < count {
          let more = unsafe part[sent..<count].withUnsafeBytes {
            unsafe send(target, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
          }
          guard more > 0 else { break }
          sent += more
        }
      }
      // Descriptors are left to the end of the process: the other direction may be using them.
      shutdown(source, CInt(SHUT_RDWR))
      shutdown(target, CInt(SHUT_RDWR))
    }
  }
}

/// TCP sockets of 127.0.0.1.
enum Loopback {
  static func connected(to port: UInt16) throws -> CInt {
    let descriptor = try make()
    guard unsafe (call(port) { unsafe connect(descriptor, $0, $1) }) == 0 else {
      defer { close(descriptor) }
      throw RawClient.Failure(words: "port \(port): \(errno)")
    }
    return descriptor
  }

  /// - Returns: a socket that listens, and the port that the system chose.
  static func listening() throws -> (CInt, UInt16) {
    let descriptor = try make()
    var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
    let isNamed = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
        unsafe (call(0) { unsafe bind(descriptor, $0, $1) }) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, own, &length) == 0
      }
    }
    guard isNamed else { throw RawClient.Failure(words: "no listener: \(errno)") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func make() throws -> CInt {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw RawClient.Failure(words: "no socket: \(errno)") }
    return descriptor
  }

  private static func call(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_in()
    (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
