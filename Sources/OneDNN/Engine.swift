import COneDNN

/// The processor that owns memory and runs primitives.
///
/// An engine has no state that changes after creation, so threads share one.
@safe package final class Engine: @unchecked Sendable {
  let handle: OpaquePointer

  private init() throws(OneDNNError) {
    unsafe handle = try OneDNNError.created("open the processor") { unsafe dnnl_engine_create(&$0, dnnl_cpu, 0) }
  }

  deinit { unsafe _ = dnnl_engine_destroy(handle) }

  private static let shared: Result<Engine, OneDNNError> = Result { () throws(OneDNNError) in try Engine() }

  /// The engine of this process.
  package static func processor() throws(OneDNNError) -> Engine { try shared.get() }
}

/// Runs primitives in order; one stream serves one network on one thread.
@safe package final class Stream {
  let handle: OpaquePointer
  private let engine: Engine

  package init(on engine: Engine) throws(OneDNNError) {
    self.engine = engine
    unsafe handle = try OneDNNError.created("create a stream") {
      unsafe dnnl_stream_create(&$0, engine.handle, dnnl_stream_default_flags.rawValue)
    }
  }

  deinit { unsafe _ = dnnl_stream_destroy(handle) }

  /// Waits until everything submitted to the stream has run.
  package func wait() throws(OneDNNError) {
    try unsafe OneDNNError.check("finish a stream", dnnl_stream_wait(handle))
  }
}
