import COneDNN

/// A oneDNN call that did not succeed.
package struct OneDNNError: Error, Hashable, CustomStringConvertible {
  /// `dnnl_status_t` as the library returned it.
  package let status: UInt32
  /// What was attempted, as an infinitive: "create a convolution".
  package let operation: String

  package var description: String { "oneDNN could not \(operation): \(reason)" }

  /// The library has no implementation for this case on this processor.
  package var isUnimplemented: Bool { status == dnnl_unimplemented.rawValue }

  private var reason: String {
    switch dnnl_status_t(status) {
    case dnnl_out_of_memory: "out of memory"
    case dnnl_invalid_arguments: "invalid arguments"
    case dnnl_unimplemented: "not implemented for these shapes on this processor"
    case dnnl_runtime_error: "runtime error"
    default: "status \(status)"
    }
  }

  static func check(_ operation: @autoclosure () -> String, _ status: dnnl_status_t) throws(OneDNNError) {
    guard status == dnnl_success else { throw OneDNNError(status: status.rawValue, operation: operation()) }
  }

  /// The handle that a create function returned, or the error that it reported.
  static func created(
    _ operation: String, _ create: (inout OpaquePointer?) -> dnnl_status_t
  ) throws(OneDNNError) -> OpaquePointer {
    var handle: OpaquePointer?
    try unsafe check(operation, create(&handle))
    guard let created = unsafe handle else {
      throw OneDNNError(status: dnnl_runtime_error.rawValue, operation: operation)
    }
    return unsafe created
  }
}
