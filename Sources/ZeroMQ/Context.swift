import CZeroMQ
import Synchronization

/// The I/O threads and the namespace of `inproc://` endpoints.
///
/// Sockets keep their context alive, so it is terminated after the last of them. Releasing the last reference blocks
/// until all pending messages have been sent or their linger time has expired.
@safe package final class Context: @unchecked Sendable {
  // A libzmq context is thread-safe.
  let handle: UnsafeMutableRawPointer

  private let authenticator = Mutex<Authenticator?>(nil)

  /// - Parameter ioThreads: one handles about a gigabyte per second.
  package init(ioThreads: Int = 1) throws(ZeroMQError) {
    guard let handle = unsafe zmq_ctx_new() else { throw .last("make a context") }
    unsafe self.handle = handle
    try ZeroMQError.check("use \(ioThreads) I/O threads") {
      unsafe zmq_ctx_set(handle, ZMQ_IO_THREADS, CInt(clamping: ioThreads))
    }
  }

  /// Makes every current and future wait on a socket of this context fail with an error.
  package func shutDown() {
    // Fails only for an invalid handle.
    _ = try? ZeroMQError.check("shut a context down") { unsafe zmq_ctx_shutdown(handle) }
  }

  /// Has connections to a socket decided upon by its gate; without one, libzmq refuses them all.
  ///
  /// - Returns: the domain that the socket is to have.
  func open(_ gate: Gate) throws(ZeroMQError) -> String {
    try authenticator.withLock { authenticator throws(ZeroMQError) in
      if let authenticator { return authenticator.open(gate) }
      let new = try Authenticator(in: self)
      authenticator = new
      return new.open(gate)
    }
  }

  func closeGate(_ domain: String) { authenticator.withLock { $0?.close(domain) } }

  deinit {
    // Fails only for an invalid handle; it is restarted after a signal.
    _ = try? ZeroMQError.check("terminate a context") { unsafe zmq_ctx_term(handle) }
    authenticator.withLock { $0?.join() }
  }
}
