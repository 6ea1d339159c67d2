import CMicroHTTPD
import Dispatch
import Glibc
import Synchronization

/// An HTTP server on the loopback interface, with bounds on what any client can make it hold. Its end closes every
/// connection and waits for the requests that are being answered.
@safe package struct Daemon: ~Copyable {
  /// The port that it listens on.
  package let port: UInt16

  private let handle: OpaquePointer
  /// What the library's threads refer to; released after they have ended.
  private let service: Service

  /// What clients may take.
  package struct Limits: Sendable {
    /// Connections at a time. One more ends the one that has been idle the longest, so idle clients shut nobody out.
    package var connections: Int
    /// Bytes of a request's line with all its fields.
    package var request: Int
    /// Seconds from one byte to the next, in either direction.
    package var patience: Int

    package init(connections: Int = 64, request: Int = 32 << 10, patience: Int = 10) {
      self.connections = connections
      self.request = request
      self.patience = patience
    }
  }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - port: 0 for a free one.
  ///   - answer: called on a thread of its own for one request after another; it may take its time.
  package init(
    port: UInt16, limits: Limits = Limits(), answer: @escaping @Sendable (Request) -> Response
  ) throws(MicroHTTPDError) {
    let service = Service(limit: limits.connections, answer: answer)
    let context = unsafe Unmanaged.passUnretained(service).toOpaque()
    // A few more than are kept, because those that end take a moment.
    guard
      let handle = unsafe tare_http_start(
        port, UInt32(clamping: limits.connections + 16), limits.request, UInt32(clamping: limits.patience),
        { context, connection, path, method, _, _, _, request in
          unsafe Service.at(context)?.handle(method, path, on: connection, request) ?? .NO
        },
        { _, _, request, _ in
          if let kept = unsafe request?.pointee { unsafe Unmanaged<Pending>.fromOpaque(kept).release() }
        },
        { context, connection, _, notice in
          unsafe Service.at(context)?.connections.note(connection, isOpen: notice == .CONNECTION_NOTIFY_STARTED)
        }, context)
    else { throw MicroHTTPDError(code: errno) }
    unsafe self.handle = handle
    self.service = service
    self.port = unsafe tare_http_port(handle)
  }

  deinit {
    // The library insists that no connection is waiting for an answer.
    service.close()
    unsafe MHD_stop_daemon(handle)
  }
}

/// A request whose answer is being made.
private final class Pending: Sendable {
  let response = Mutex<Response?>(nil)
}

/// What a daemon's threads share.
private final class Service: Sendable {
  let connections: Connections
  private let answer: @Sendable (Request) -> Response
  private let answering = DispatchQueue(label: "HTTP")
  private let isOpen = Mutex(true)

  init(limit: Int, answer: @escaping @Sendable (Request) -> Response) {
    connections = Connections(limit: limit)
    self.answer = answer
  }

  static func at(_ context: UnsafeMutableRawPointer?) -> Service? {
    unsafe context.map { unsafe Unmanaged<Service>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Makes the answers that are due, and no more.
  func close() {
    isOpen.withLock { $0 = false }
    answering.sync {}
  }

  /// Called when a request has arrived, and once more when its answer is there. Meanwhile the library leaves the connection
  /// alone, and its time does not run.
  ///
  /// - Parameter kept: what the library keeps for us until the request is over.
  func handle(
    _ method: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?, on connection: OpaquePointer?,
    _ kept: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  ) -> MHD_Result {
    guard let connection = unsafe connection, let method = unsafe method, let path = unsafe path,
      let kept = unsafe kept
    else { return .NO }
    if let pending = unsafe kept.pointee {
      let response = unsafe Unmanaged<Pending>.fromOpaque(pending).takeUnretainedValue().response.withLock { $0 }
      return unsafe response?.queue(on: connection) ?? .NO
    }
    unsafe connections.noteRequest(on: connection)
    let request = unsafe Request(
      method: String(cString: method), path: String(cString: path), fields: Self.fields(of: connection))
    let pending = Pending()
    unsafe kept.pointee = Unmanaged.passRetained(pending).toOpaque()
    let suspended = unsafe Suspended(connection: connection)
    return isOpen.withLock { isOpen in
      guard isOpen else { return .NO }
      unsafe MHD_suspend_connection(suspended.connection)
      answering.async { [answer] in
        let response = answer(request)
        pending.response.withLock { $0 = response }
        unsafe MHD_resume_connection(suspended.connection)
      }
      return .YES
    }
  }

  private static func fields(of connection: OpaquePointer) -> [Field] {
    var fields: [Field] = []
    unsafe withUnsafeMutablePointer(to: &fields) { fields in
      _ = unsafe MHD_get_connection_values(
        connection, .HEADER_KIND,
        { fields, _, name, value in
          let fields = unsafe fields?.assumingMemoryBound(to: [Field].self)
          let value = unsafe value.map { unsafe String(cString: $0) } ?? ""
          if let name = unsafe name { unsafe fields?.pointee.append(Field(String(cString: name), value)) }
          return .YES
        }, fields)
    }
    return fields
  }
}

/// A connection between its suspension and its resumption, which the library allows on any thread.
@safe private struct Suspended: @unchecked Sendable {
  let connection: OpaquePointer
}
