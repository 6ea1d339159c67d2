import CZeroMQ

/// One frame of a message: bytes whose references libzmq counts.
///
/// Sending consumes the frame, so its bytes cannot be read after libzmq has taken ownership.
@safe package struct Frame: ~Copyable, @unchecked Sendable {
  // A `zmq_msg_t` is not tied to a thread. It lives on the heap because libzmq requires a stable address.
  let message: UnsafeMutablePointer<zmq_msg_t>

  /// An empty frame.
  package init() {
    unsafe message = .allocate(capacity: 1)
    unsafe zmq_msg_init(message)
  }

  /// `count` bytes of any value; write them before the frame is sent.
  package init(count: Int) throws(ZeroMQError) {
    self.init()
    let message = unsafe message
    try ZeroMQError.check("make a frame of \(count) bytes") { unsafe zmq_msg_init_size(message, count) }
  }

  /// A copy of `bytes`.
  package init(copying bytes: [UInt8]) throws(ZeroMQError) {
    try self.init(count: bytes.count)
    unsafe withOwnBytes { unsafe $0.copyBytes(from: bytes) }
  }

  /// The bytes themselves, without a copy.
  ///
  /// - Parameter owner: keeps `bytes` alive and unchanged. It is retained until the last byte has been sent, and may be
  ///   released on any thread.
  package init(lending bytes: UnsafeRawBufferPointer, of owner: any AnyObject & Sendable) throws(ZeroMQError) {
    self.init()
    let message = unsafe message
    let hint = unsafe Unmanaged.passRetained(owner as AnyObject)
    do {
      try ZeroMQError.check("make a frame of \(bytes.count) bytes") {
        unsafe zmq_msg_init_data(
          message, UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count,
          { _, hint in
            if let hint = unsafe hint { unsafe Unmanaged<AnyObject>.fromOpaque(hint).release() }
          }, hint.toOpaque())
      }
    } catch {
      unsafe hint.release()
      throw error
    }
  }

  deinit {
    unsafe zmq_msg_close(message)
    unsafe message.deallocate()
  }

  package var byteCount: Int { unsafe zmq_msg_size(message) }

  /// Whether another frame of the same message follows.
  package var hasMore: Bool { unsafe zmq_msg_more(message) != 0 }

  /// The name of the key that the frame's connection presented; `nil` if it has none.
  package var sender: String? {
    guard let name = unsafe zmq_msg_gets(message, "User-Id"), unsafe name.pointee != 0 else { return nil }
    return unsafe String(cString: name)
  }

  /// Gives read-only access to the bytes: over `inproc://` they are the sender's own memory.
  package borrowing func withBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(start: zmq_msg_data(message), count: byteCount))
  }

  /// Gives access to bytes that belong to this frame alone: it was made with `init(count:)`, or received over TCP.
  package borrowing func withOwnBytes<Result, Failure>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeMutableRawBufferPointer(start: zmq_msg_data(message), count: byteCount))
  }

  /// A copy of the bytes.
  package var bytes: [UInt8] { unsafe withBytes { unsafe Array($0) } }
}
