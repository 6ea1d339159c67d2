import CMicroHTTPD
import Glibc
import Synchronization

/// The open connections of a daemon, by when they were opened or last asked for something.
final class Connections: Sendable {
  private let limit: Int
  /// Descriptors, the longest idle first. The library closes one only after it has told so, so none of them is another's.
  private let descriptors = Mutex<[CInt]>([])

  init(limit: Int) { self.limit = limit }

  func note(_ connection: OpaquePointer?, isOpen: Bool) {
    guard let connection = unsafe connection else { return }
    let descriptor = unsafe tare_http_descriptor(connection)
    descriptors.withLock { descriptors in
      descriptors.removeAll { $0 == descriptor }
      guard isOpen else { return }
      descriptors.append(descriptor)
      if descriptors.count > limit { shutdown(descriptors.removeFirst(), CInt(SHUT_RDWR)) }
    }
  }

  func noteRequest(on connection: OpaquePointer) {
    let descriptor = unsafe tare_http_descriptor(connection)
    descriptors.withLock { descriptors in
      guard let index = descriptors.firstIndex(of: descriptor) else { return }
      descriptors.append(descriptors.remove(at: index))
    }
  }
}
