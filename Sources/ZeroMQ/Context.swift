import CZeroMQ

/// The I/O threads, and the space in which `inproc://` names are known.
///
/// Sockets keep their context alive, so it is terminated after the last of them. The last owner then waits until what
/// the sockets still had to send has left or its linger time is over.
@safe package final class Context: @unchecked Sendable {
  // A libzmq context may be used from every thread.
  let handle: UnsafeMutableRawPointer

  /// - Parameter ioThreads: one serves about a gigabyte a second.
  package init(ioThreads: Int = 1) throws(ZeroMQError) {
    guard let handle = unsafe zmq_ctx_new() else { throw .last("make a context") }
    unsafe self.handle = handle
    try ZeroMQError.check("use \(ioThreads) I/O threads") {
      unsafe zmq_ctx_set(handle, ZMQ_IO_THREADS, CInt(clamping: ioThreads))
    }
  }

  /// Whoever waits on a socket of this context, now or later, is woken by an error.
  package func shutDown() {
    // Fails for a bad handle only.
    _ = try? ZeroMQError.check("shut a context down") { unsafe zmq_ctx_shutdown(handle) }
  }

  deinit {
    // Fails only for a bad handle; a signal starts it again.
    _ = try? ZeroMQError.check("terminate a context") { unsafe zmq_ctx_term(handle) }
  }
}
