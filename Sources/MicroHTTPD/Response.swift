import CMicroHTTPD

/// What a request is answered with.
package struct Response: Sendable {
  package var status: Int
  package var fields: [Field]
  package var body: Body

  package init(_ status: Int, _ fields: [Field], _ body: Body) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// Queues it on a connection, which shares the body's bytes until the last one has been sent.
  func queue(on connection: OpaquePointer) -> MHD_Result {
    let owner = unsafe Unmanaged.passRetained(body)
    guard
      let response = unsafe MHD_create_response_from_buffer_with_free_callback_cls(
        body.count, body.bytes.baseAddress,
        { owner in if let owner = unsafe owner { unsafe Unmanaged<Body>.fromOpaque(owner).release() } },
        owner.toOpaque())
    else {
      unsafe owner.release()
      return .NO
    }
    defer { unsafe MHD_destroy_response(response) }
    for field in fields {
      guard unsafe MHD_add_response_header(response, field.name, field.value) == .YES else { return .NO }
    }
    return unsafe MHD_queue_response(connection, UInt32(clamping: status), response)
  }
}

/// Bytes at a fixed place, so that several connections can send them at a time without copies.
@safe package final class Body: @unchecked Sendable {
  // Written by the initializer only.
  let bytes: UnsafeMutableRawBufferPointer

  package init(_ bytes: some Collection<UInt8>) {
    unsafe self.bytes = .allocate(byteCount: max(bytes.count, 1), alignment: 1)
    unsafe self.bytes.copyBytes(from: bytes)
    count = bytes.count
  }

  package let count: Int

  deinit { unsafe bytes.deallocate() }
}
