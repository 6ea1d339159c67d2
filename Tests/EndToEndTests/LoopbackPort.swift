import Foundation
import Testing

/// Ports of 127.0.0.1 that the system has just given, for programs that take no port 0.
enum LoopbackPort {
  /// - Returns: `count` different ones.
  static func free(_ count: Int) throws -> [UInt16] {
    let descriptors = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
    defer { for descriptor in descriptors { close(descriptor) } }
    return try descriptors.map { descriptor in
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
          unsafe bind(descriptor, own, length) == 0 && getsockname(descriptor, own, &length) == 0
        }
      }
      try #require(isBound)
      return UInt16(bigEndian: address.sin_port)
    }
  }

  static func free() throws -> UInt16 { try free(1)[0] }
}
